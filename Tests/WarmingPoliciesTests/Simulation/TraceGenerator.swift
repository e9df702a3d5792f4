import SteppedTime
import WarmingPolicies

/// Small traces drawn at random, with gaps around every edge that matters.
struct TraceGenerator {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private static let edges = [
        0, 1, 284, 285, 286, 299, 300, 301, 570, 585, 586, 870, 3539, 3540, 3541, 3600, 3601, 7140,
    ]

    mutating func scope(requests: Int, growing: Bool, start: Int = 0) -> [TinyReference.Row] {
        var time = start
        var size = Int.random(in: 100...50_000, using: &random)
        return (0..<requests).map { index in
            if index > 0 {
                time +=
                    random.chance(40)
                    ? random.pick(Self.edges) : Int.random(in: 0...(random.chance(20) ? 20_000 : 400), using: &random)
            }
            let new = growing ? Int.random(in: 0...3000, using: &random) : 0
            let isCut = index > 0 && random.chance(5)
            let prefix = growing ? (index == 0 || isCut ? 0 : size) : size
            if growing { size = prefix + new } else if random.chance(10) { size += 500 }
            return TinyReference.Row(time: time, prefix: prefix, new: new)
        }
    }

    /// Traffic with regimes: bursts, silences, clockwork, floods, and the worst gap for what was learned, in turn.
    mutating func regimes(requests: Int) -> [TinyReference.Row] {
        var time = 0
        var rows: [TinyReference.Row] = []
        let prefix = Int.random(in: 1000...100_000, using: &random)
        while rows.count < requests {
            let usual = random.pick([5, 60, 200, 290, 301, 600, 1800, 3550, 3601, 5000, 7200, 20_000, 90_000])
            for _ in 0..<Int.random(in: 1...25, using: &random) {
                rows.append(TinyReference.Row(time: time, prefix: prefix, new: 0))
                let isTrap = random.chance(15)
                time += isTrap ? random.pick([301, 3601, 10_600, 32_000, 200_000]) : usual
            }
        }
        return Array(rows.prefix(requests))
    }
}
