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
        var timeToFirstToken: Duration?
        var isRecorded = true
    }

    private struct State {
        var arrivals: [Arrival] = []
        /// Whether somebody takes them out: not before the warmer has started.
        var isTaken = false
        /// Nobody will take any more.
        var isClosed = false
        var isStopping = false
    }

    private let state = Mutex(State())
    /// The loop's, until the next thing to do.
    private let nap = Nap()

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
        }
        nap.end()
    }

    /// Makes the loop look at what is due.
    func wake() { nap.end() }

    func stop() {
        state.withLock { $0.isStopping = true }
        nap.end()
    }

    /// Empties the inbox.
    func take() -> [Arrival] {
        state.withLock { state in
            state.isTaken = true
            defer { state.arrivals = [] }
            return state.arrivals
        }
    }

    /// Empties it for the last time.
    func close() -> [Arrival] {
        state.withLock { $0.isClosed = true }
        return take()
    }

    /// Waits on a clock until a moment, or until something has come in since the last wait.
    func nap(until deadline: Moment, on clock: any WarmClock) async { _ = await nap.sleep(until: deadline, on: clock) }
}
