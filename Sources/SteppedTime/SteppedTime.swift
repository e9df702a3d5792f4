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
    ///   - participant: the ``Participant`` whose thread this is; nil for one of this process, which holds time itself.
    /// - Throws: `CancellationError` if the task is cancelled; the hold is taken back at that very moment, so that no
    ///   advance overtakes whoever cancelled.
    public func sleep(until deadline: Duration, pulls: Bool = false, participant: String? = nil) async throws {
        if runsByItself { try await sleepReally(until: deadline) }
        try await sleepStepped(until: deadline, pulls: pulls, participant)
    }

    /// Moves time on by a duration, and returns when everything due on the way has been done.
    public func advance(by duration: Duration) async { await advance(to: now + duration) }

    /// Moves time on, and returns when everything due on the way has been done.
    public func advance(to target: Duration) async {
        if state.withLock({ $0.jumpReally(to: target) }) { return }
        await withCheckedContinuation { continuation in
            let told = state.withLock { $0.begin(Advance(target: target, done: continuation)) }
            for tell in told { tell() }
            resume { _ in }
        }
    }

    /// Waits until nobody holds time.
    public func settle() async { await advance(to: .zero) }

    // MARK: Other processes

    /// Takes a participant's report. The first one lets it join; from then on a clock that ran by itself is stepped.
    ///
    /// - Returns: the clock as it is now.
    @discardableResult
    public func report(_ report: Participant.Report, of name: String) -> Participant.Clock {
        resume { $0.take(report, of: name) }
        return clock
    }

    /// Forgets a participant.
    public func leave(_ name: String) { resume { $0.participants[name] = nil } }

    /// Forgets the participants that keep time waiting.
    ///
    /// - Returns: their names.
    public func dropUnsettled() -> [String] {
        var dropped: [String] = []
        resume { line in
            dropped = line.participants.filter { !line.isSettled($0.value) }.map(\.key).sorted()
            for name in dropped { line.participants[name] = nil }
        }
        return dropped
    }

    /// The clock as participants see it.
    public var clock: Participant.Clock {
        state.withLock { Participant.Clock(epoch: $0.epoch, now: $0.now) }
    }

    /// Waits until the clock has another epoch than the one given.
    public func clock(after epoch: UInt64) async -> Participant.Clock {
        let id = state.withLock { $0.newID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (poll: CheckedContinuation<Void, Never>) in
                let isOver = state.withLock { line in
                    if line.epoch > epoch || Task.isCancelled { return true }
                    line.polls[id] = poll
                    return false
                }
                if isOver { poll.resume() }
            }
        } onCancel: {
            state.withLock { $0.polls.removeValue(forKey: id) }?.resume()
        }
        return clock
    }

    // MARK: Sleeping

    private func sleepStepped(until deadline: Duration, pulls: Bool, _ participant: String?) async throws {
        let id = state.withLock { $0.newID() }
        defer { state.withLock { $0.forget(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (wake: CheckedContinuation<Void, any Error>) in
                let sleeper = Sleeper(deadline: deadline, id: id, pulls: pulls, participant: participant, wake: wake)
                resume { $0.fallAsleep(sleeper) }
            }
        } onCancel: {
            state.withLock { $0.cancel(id) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits in real time, looking anew whenever an advance may have made the time come.
    private func sleepReally(until deadline: Duration) async throws {
        while runsByItself, now < deadline {
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
