internal import HeapModule
import Synchronization

/// Virtual time that is stepped, never scaled: it moves only when nothing is in flight, so that the same seed means the
/// same numbers on any machine.
///
/// Whoever runs *holds* time (``hold()``, ``release()``). ``sleep(until:pulls:)`` gives the caller's hold up and takes it
/// back before it returns. Once nobody holds time it moves to the next wake-up, as far as there is a reason to: up to the
/// target of a running ``advance(to:)``, and up to a sleeper that *pulls* – a request being served, which somebody waits
/// for. All others, such as a warmer between two pings, are passive: they are woken on the way and never pull.
public final class SteppedTime: Sendable {
    private let state: Mutex<TimeLine>

    /// Time zero on the wall: Monday, 5 January 2026, 00:00 UTC, in seconds since 1970.
    public static let wallOfStart: Int64 = 1_767_571_200

    /// - Parameter runsByItself: whether time also goes on with the machine's; advances then add to that.
    public init(runsByItself: Bool = false) {
        state = Mutex(TimeLine(realStart: runsByItself ? ContinuousClock.now : nil))
    }

    /// The time since the start.
    public var now: Duration { state.withLock { $0.now } }

    /// Whether time goes on with the machine's.
    public var runsByItself: Bool { state.withLock { $0.realStart != nil } }

    /// Says that work has begun which time must not overtake.
    public func hold() { state.withLock { $0.holds += 1 } }

    /// Says that such work is over.
    public func release() { resume { $0.holds -= 1 } }

    /// Sleeps until a time.
    ///
    /// - Parameters:
    ///   - deadline: the time since the start.
    ///   - pulls: whether somebody waits for this, so that time moves for its sake.
    /// - Throws: `CancellationError` if the task is cancelled; the hold is taken back at that very moment, so that no
    ///   advance overtakes whoever cancelled.
    public func sleep(until deadline: Duration, pulls: Bool = false) async throws {
        if state.withLock({ $0.realStart != nil }) { return try await sleepReally(until: deadline) }
        try await sleepStepped(until: deadline, pulls: pulls)
    }

    /// Moves time on by a duration, and returns when everything due on the way has been done.
    public func advance(by duration: Duration) async { await advance(to: now + duration) }

    /// Moves time on, and returns when everything due on the way has been done.
    public func advance(to target: Duration) async {
        if state.withLock({ $0.jumpReally(to: target) }) { return }
        await withCheckedContinuation { continuation in
            resume { $0.advances.append(Advance(target: target, done: continuation)) }
        }
    }

    /// Waits until nobody holds time.
    public func settle() async { await advance(to: .zero) }

    // MARK: Sleeping

    private func sleepStepped(until deadline: Duration, pulls: Bool) async throws {
        let id = state.withLock { $0.newID() }
        defer { state.withLock { $0.forget(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                resume { $0.fallAsleep(Sleeper(deadline: deadline, id: id, pulls: pulls), wake) }
            }
        } onCancel: {
            state.withLock { $0.cancel(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits in real time, looking anew whenever an advance may have made the time come.
    private func sleepReally(until deadline: Duration) async throws {
        while now < deadline {
            let id = state.withLock { $0.newID() }
            let nap = Task { [left = deadline - now] in try await Task.sleep(for: left) }
            state.withLock { $0.naps[id] = nap }
            _ = await nap.result
            state.withLock { $0.naps[id] = nil }
            try Task.checkCancellation()
        }
    }

    /// Changes the state, then wakes whoever may go on now.
    private func resume(_ change: (inout TimeLine) -> Void) {
        let woken = state.withLock { line in
            change(&line)
            return line.step()
        }
        for wake in woken { wake() }
    }
}

/// Somebody who waits for a time.
struct Sleeper: Comparable {
    var deadline: Duration
    var id: UInt64
    var pulls: Bool

    /// Equal deadlines wake in the order in which they fell asleep.
    static func < (a: Sleeper, b: Sleeper) -> Bool { (a.deadline, a.id) < (b.deadline, b.id) }
}

/// An order to move time on.
struct Advance {
    var target: Duration
    var done: CheckedContinuation<Void, Never>
}

/// The state of stepped time, and its one rule. Effects are returned, never carried out, since a lock is held.
struct TimeLine {
    var realStart: ContinuousClock.Instant?
    var holds = 0
    var advances: [Advance] = []
    var naps: [UInt64: Task<Void, any Error>] = [:]
    private var stepped = Duration.zero
    private var sleepers = Heap<Sleeper>()
    /// The ids of sleepers that pull.
    private var pulling = Heap<Sleeper>()
    private var waking: [UInt64: CheckedContinuation<Void, any Error>] = [:]
    private var cancelledEarly: Set<UInt64> = []
    private var lastID: UInt64 = 0

    init(realStart: ContinuousClock.Instant?) { self.realStart = realStart }

    var now: Duration { stepped + (realStart.map { ContinuousClock.now - $0 } ?? .zero) }

    mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func fallAsleep(_ sleeper: Sleeper, _ wake: CheckedContinuation<Void, any Error>) {
        if cancelledEarly.remove(sleeper.id) != nil {
            wake.resume(throwing: CancellationError())
        } else if sleeper.deadline <= stepped {
            wake.resume()
        } else {
            waking[sleeper.id] = wake
            sleepers.insert(sleeper)
            if sleeper.pulls { pulling.insert(sleeper) }
            holds -= 1
        }
    }

    /// - Returns: who is to be told; nil if it has not fallen asleep yet, or is awake already.
    mutating func cancel(_ id: UInt64) -> CheckedContinuation<Void, any Error>? {
        guard let wake = waking.removeValue(forKey: id) else {
            cancelledEarly.insert(id)
            return nil
        }
        holds += 1
        return wake
    }

    mutating func forget(_ id: UInt64) { cancelledEarly.remove(id) }

    /// In real time an advance is a jump: everybody who naps looks at the clock again.
    mutating func jumpReally(to target: Duration) -> Bool {
        guard realStart != nil else { return false }
        stepped += max(.zero, target - now)
        for nap in naps.values { nap.cancel() }
        return true
    }

    /// Moves time as far as it may go now.
    ///
    /// - Returns: whom to wake. At most one sleeper at a time: the next one waits until that one is done.
    mutating func step() -> [() -> Void] {
        guard holds == 0 else { return [] }
        while let first = pulling.min, waking[first.id] == nil { pulling.removeMin() }
        while let first = sleepers.min, waking[first.id] == nil { sleepers.removeMin() }
        let horizon = [advances.map(\.target).max(), pulling.min?.deadline].compactMap(\.self).max() ?? stepped
        if let first = sleepers.min, first.deadline <= horizon, let wake = waking.removeValue(forKey: first.id) {
            sleepers.removeMin()
            stepped = max(stepped, first.deadline)
            holds += 1
            return [{ wake.resume() }]
        }
        stepped = max(stepped, horizon)
        defer { advances = [] }
        return advances.map { advance in { advance.done.resume() } }
    }
}
