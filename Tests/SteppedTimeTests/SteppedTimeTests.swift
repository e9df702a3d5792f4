import SteppedTime
import Synchronization
import Testing

@Suite("Time moves only when nothing is in flight")
struct SteppedTimeTests {
    private final class Notes: Sendable {
        private let notes = Mutex<[String]>([])
        func add(_ note: String) { notes.withLock { $0.append(note) } }
        var all: [String] { notes.withLock(\.self) }
    }

    /// Starts a task that holds time from its first moment on.
    private func spawn(_ time: SteppedTime, _ work: @escaping @Sendable () async throws -> Void) -> Task<
        Void, any Error
    > {
        time.hold()
        return Task {
            defer { time.release() }
            try await work()
        }
    }

    @Test("Sleepers wake in the order of their times, each before the next, wherever an advance ends")
    func order() async throws {
        let time = SteppedTime()
        let notes = Notes()
        for seconds in [3, 1, 2, 9] {
            _ = spawn(time) {
                try await time.sleep(until: .seconds(seconds))
                notes.add("\(seconds) at \(time.now)")
            }
        }
        await time.advance(by: .seconds(5))
        #expect(notes.all == ["1 at 1.0 seconds", "2 at 2.0 seconds", "3 at 3.0 seconds"])
        #expect(time.now == .seconds(5))
        await time.advance(by: .seconds(5))
        #expect(notes.all.count == 4)
    }

    @Test("A passive sleeper never moves time; one that somebody waits for does, and wakes others on the way")
    func pulling() async throws {
        let time = SteppedTime()
        let notes = Notes()
        let passive = spawn(time) {
            try await time.sleep(until: .seconds(10))
            notes.add("passive")
        }
        await time.settle()
        #expect(time.now == .zero)
        try await spawn(time) { try await time.sleep(until: .seconds(20), pulls: true) }.value
        try await passive.value
        #expect(notes.all == ["passive"])
        #expect(time.now == .seconds(20))
    }

    @Test("An advance waits for whoever holds time")
    func holding() async {
        let time = SteppedTime()
        let notes = Notes()
        time.hold()
        let advance = Task {
            await time.advance(by: .seconds(1))
            notes.add("advanced")
        }
        await Task.yield()
        #expect(time.now == .zero)
        notes.add("released")
        time.release()
        await advance.value
        #expect(notes.all == ["released", "advanced"])
    }

    @Test("Who is cancelled holds time again at that very moment")
    func cancelling() async throws {
        let time = SteppedTime()
        let notes = Notes()
        let sleeper = spawn(time) {
            do {
                try await time.sleep(until: .seconds(100))
            } catch {
                notes.add("cancelled at \(time.now)")
            }
        }
        await time.advance(by: .seconds(1))
        sleeper.cancel()
        await time.advance(by: .seconds(50))
        #expect(notes.all == ["cancelled at 1.0 seconds"])
    }

    @Test("A clock that runs by itself goes on, and an advance adds to that and wakes whoever is due")
    func real() async throws {
        let time = SteppedTime(runsByItself: true)
        let sleeper = Task { try await time.sleep(until: .seconds(3600)) }
        await time.advance(by: .seconds(3601))
        try await sleeper.value
        #expect(time.now >= .seconds(3601))
    }

    @Test("Time waits until a participant has reported anew, steps to its wake-up, and ends where it was to")
    func participant() async {
        let time = SteppedTime()
        let follower = FollowerTime(time.report(.init(epoch: time.clock.epoch, active: 1, nextWake: nil), of: "p"))
        let notes = Notes()
        let link = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await report in follower.reports {
                        follower.follow(time.report(report, of: "p"))
                        follower.carried()
                    }
                }
                group.addTask {
                    while !Task.isCancelled { follower.follow(await time.clock(after: follower.epoch)) }
                }
            }
        }
        follower.hold()
        let worker = Task {
            for _ in 0..<3 {
                try? await follower.sleep(until: follower.now + .seconds(10))
                notes.add("\(follower.now)")
            }
            follower.release()
        }
        await time.advance(by: .seconds(25))
        #expect(notes.all == ["10.0 seconds", "20.0 seconds"])
        #expect(time.now == .seconds(25))
        await time.advance(by: .seconds(10))
        await worker.value
        #expect(notes.all.last == "30.0 seconds")
        link.cancel()
        follower.finish()
        await link.value
    }

    @Test("A participant that leaves within a request of its own leaves no hold behind")
    func leaving() async throws {
        let time = SteppedTime()
        time.report(.init(epoch: time.clock.epoch, active: 1, nextWake: nil), of: "p")
        let requests = (0..<2).map { _ in Task { try await time.sleep(until: .seconds(5), participant: "p") } }
        let notes = Notes()
        let advance = Task {
            await time.advance(to: .seconds(1))
            notes.add("both are asleep")
        }
        while notes.all.isEmpty {
            time.report(.init(epoch: time.clock.epoch, active: 2, nextWake: nil), of: "p")
            await Task.yield()
        }
        await advance.value
        time.leave("p")
        requests[0].cancel()
        await time.advance(to: .seconds(10))
        for request in requests { _ = await request.result }
        await time.advance(to: .seconds(20))
        #expect(time.now == .seconds(20))
    }

    @Test("A participant that says nothing can be dropped, and the advance goes on")
    func dropping() async {
        let time = SteppedTime()
        time.report(.init(epoch: time.clock.epoch, active: 1, nextWake: nil), of: "silent")
        let advance = Task { await time.advance(by: .seconds(5)) }
        while time.dropUnsettled() != ["silent"] { await Task.yield() }
        await advance.value
        #expect(time.now == .seconds(5))
    }
}
