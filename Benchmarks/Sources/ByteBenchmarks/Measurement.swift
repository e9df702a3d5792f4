/// The median time of a piece of work.
struct Measurement {
    let median: Duration

    /// Runs the work in rounds long enough for the clock, and takes the median round.
    init(rounds: Int = 41, bytesARound: Int = 16 << 20, size: Int, _ work: () -> Int) {
        let repeats = max(1, bytesARound / size)
        let clock = ContinuousClock()
        var times: [Duration] = []
        var sink = 0
        for round in 0..<rounds + 3 {
            let time = clock.measure {
                for _ in 0..<repeats { sink &+= work() }
            }
            if round >= 3 { times.append(time / repeats) }
        }
        precondition(sink != 1, "keeps the work from being dropped")
        median = times.sorted()[rounds / 2]
    }

    /// Bytes passed over a second, in 10⁹.
    func gigabytesPerSecond(_ size: Int) -> Double { Double(size) / (median / .nanoseconds(1)) }

    /// The median in microseconds.
    var microseconds: Double { median / .microseconds(1) }
}
