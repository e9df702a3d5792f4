import HeapModule
import Synchronization

/// The time of a process that follows another one's: holds and sleepers of its own, and reports for whoever carries them
/// over. It moves only when ``follow(_:)`` says so.
public final class FollowerTime: Sendable {
    private struct State {
        var clock: Participant.Clock
        var holds = 0
        var asleep: [UInt64: (deadline: Duration, wake: CheckedContinuation<Void, any Error>)] = [:]
        var deadlines = Heap<Deadline>()
        var cancelledEarly: Set<UInt64> = []
        var lastID: UInt64 = 0
        var reported: Participant.Report?
        var reportsMade = 0
        var reportsCarried = 0
        var waiting: [(for: Int, wake: CheckedContinuation<Void, Never>)] = []

        mutating func takeCaughtUp() -> [CheckedContinuation<Void, Never>] {
            defer { waiting.removeAll { $0.for <= reportsCarried } }
            return waiting.filter { $0.for <= reportsCarried }.map(\.wake)
        }

        mutating func nextWake() -> Duration? {
            while let first = deadlines.min, asleep[first.id] == nil { deadlines.removeMin() }
            return deadlines.min?.at
        }
    }

    private struct Deadline: Comparable {
        var at: Duration
        var id: UInt64
        static func < (a: Deadline, b: Deadline) -> Bool { (a.at, a.id) < (b.at, b.id) }
    }

    private let state: Mutex<State>
    private let continuation: AsyncStream<Participant.Report>.Continuation
    /// What is to be told, in order; only what differs from the report before.
    public let reports: AsyncStream<Participant.Report>

    /// - Parameter clock: the clock as it was when this process joined.
    public init(_ clock: Participant.Clock) {
        state = Mutex(State(clock: clock))
        (reports, continuation) = AsyncStream.makeStream(of: Participant.Report.self)
        change { _ in }
    }

    /// The time since the start of the one that is followed.
    public var now: Duration { state.withLock(\.clock.now) }

    /// The epoch that was taken in last.
    public var epoch: UInt64 { state.withLock(\.clock.epoch) }

    public func hold() { change { $0.holds += 1 } }
    public func release() { change { $0.holds -= 1 } }

    /// Takes a new time in, and wakes whoever is due.
    public func follow(_ clock: Participant.Clock) {
        var woken: [CheckedContinuation<Void, any Error>] = []
        change { state in
            guard clock.epoch > state.clock.epoch else { return }
            state.clock = clock
            while let at = state.nextWake(), at <= clock.now, let first = state.deadlines.popMin() {
                if let sleeper = state.asleep.removeValue(forKey: first.id) {
                    state.holds += 1
                    woken.append(sleeper.wake)
                }
            }
        }
        for wake in woken { wake.resume() }
    }

    /// Sleeps until a time; gives the caller's hold up meanwhile.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    public func sleep(until deadline: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { state.withLock { _ = $0.cancelledEarly.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                change { state in
                    if state.cancelledEarly.contains(id) {
                        wake.resume(throwing: CancellationError())
                    } else if deadline <= state.clock.now {
                        wake.resume()
                    } else {
                        state.asleep[id] = (deadline, wake)
                        state.deadlines.insert(Deadline(at: deadline, id: id))
                        state.holds -= 1
                    }
                }
            }
        } onCancel: {
            var wake: CheckedContinuation<Void, any Error>?
            change { state in
                wake = state.asleep.removeValue(forKey: id)?.wake
                if wake == nil { state.cancelledEarly.insert(id) } else { state.holds += 1 }
            }
            wake?.resume(throwing: CancellationError())
        }
    }

    /// Says that the other side has taken in one more report, or never will.
    public func carried() {
        let woken = state.withLock { state in
            if state.reportsCarried < .max { state.reportsCarried += 1 }
            return state.takeCaughtUp()
        }
        for wake in woken { wake.resume() }
    }

    /// Waits until the other side knows of everything that has happened here so far: it must before it gets a request
    /// that stands on a hold of ours.
    public func caughtUp() async {
        await withCheckedContinuation { wake in
            let isCaughtUp = state.withLock { state in
                if state.reportsCarried >= state.reportsMade { return true }
                state.waiting.append((state.reportsMade, wake))
                return false
            }
            if isCaughtUp { wake.resume() }
        }
    }

    /// Ends the reports.
    public func finish() {
        continuation.finish()
        let woken = state.withLock { state in
            state.reportsCarried = .max
            return state.takeCaughtUp()
        }
        for wake in woken { wake.resume() }
    }

    /// Changes the state and reports what that changes for the other side, in the order of the changes.
    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            let report = Participant.Report(
                epoch: state.clock.epoch, active: state.holds, nextWake: state.nextWake())
            if report != state.reported {
                state.reported = report
                state.reportsMade += 1
                continuation.yield(report)
            }
        }
    }
}
