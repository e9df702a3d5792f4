import PromptCache
import Synchronization
import WarmingPolicies

/// How the outside reaches the warmer's loop without waiting for it: arrivals, wake-ups and the wish to stop.
final class Inbox: Sendable {
    struct Arrival: Sendable {
        var scope: String
        var at: Moment
        var usage: Usage?
        var awaits = Awaits.unknown
        var isSubAgent = false
        var isRecorded = true
    }

    private struct State {
        var arrivals: [Arrival] = []
        /// Whether somebody takes them out: not before the warmer has started.
        var isTaken = false
        /// Nobody will take any more.
        var isClosed = false
        var mustLook = false
        var isStopping = false
        var nap: Task<Void, Never>?
    }

    private let state = Mutex(State())

    var isStopping: Bool { state.withLock(\.isStopping) }

    /// How many arrivals wait for a warmer to be started; then the oldest go.
    static let mostWaiting = 500_000

    func arrived(_ arrival: Arrival) {
        state.withLock { state in
            if state.isClosed { return }
            // In halves, so that dropping costs nothing in the long run.
            if !state.isTaken, state.arrivals.count >= 2 * Self.mostWaiting {
                state.arrivals.removeFirst(Self.mostWaiting)
            }
            state.arrivals.append(arrival)
            state.nap?.cancel()
        }
    }

    /// Makes the loop look at what is due.
    func wake() {
        state.withLock { state in
            state.mustLook = true
            state.nap?.cancel()
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopping = true
            state.nap?.cancel()
        }
    }

    /// Empties the inbox.
    func take() -> [Arrival] {
        state.withLock { state in
            state.isTaken = true
            state.mustLook = false
            defer { state.arrivals = [] }
            return state.arrivals
        }
    }

    /// Empties it for the last time.
    func close() -> [Arrival] {
        state.withLock { $0.isClosed = true }
        return take()
    }

    /// Waits on a clock until a moment, or until something comes in.
    func nap(until deadline: Moment, on clock: any WarmClock) async {
        let nap: Task<Void, Never>? = state.withLock { state in
            guard state.arrivals.isEmpty, !state.mustLook, !state.isStopping else { return nil }
            let nap = Task { _ = try? await clock.sleep(until: deadline) }
            state.nap = nap
            return nap
        }
        await nap?.value
        state.withLock { $0.nap = nil }
    }
}
