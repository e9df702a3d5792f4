import Synchronization
import WarmingPolicies

/// A sleep on a clock that others can end. One at a time.
final class Nap: Sendable {
    private struct State {
        var isEnded = false
        var sleep: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Ends the nap that is taken, or the next one before it begins.
    func end() {
        state.withLock { state in
            state.isEnded = true
            state.sleep?.cancel()
        }
    }

    /// - Returns: whether it was ended before its time.
    func sleep(until deadline: Moment, on clock: any WarmClock) async -> Bool {
        let sleep: Task<Void, Never>? = state.withLock { state in
            guard !state.isEnded else { return nil }
            let sleep = Task { _ = try? await clock.sleep(until: deadline) }
            state.sleep = sleep
            return sleep
        }
        await sleep?.value
        return state.withLock { state in
            defer { state = State() }
            return state.isEnded
        }
    }
}
