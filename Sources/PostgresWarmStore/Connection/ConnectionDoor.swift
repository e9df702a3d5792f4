import PromptCacheWarmer
import Synchronization

/// Opens connections, and keeps from knocking all the time at a server that is away.
///
/// ```
/// wait after the nth failure in a row = 50 ms · 2ⁿ⁻¹ · (0.5 … 1), at most 5 s
/// ```
/// Meanwhile whoever asks is told at once what was wrong.
final class ConnectionDoor: Sendable {
    private struct Closed {
        var until: ContinuousClock.Instant
        var fault: PostgresFault
    }
    private struct State {
        var failures = 0
        var closed: Closed?
    }

    let server: PostgresServer
    private let greeting: @Sendable (Connection) throws(PostgresFault) -> Void
    private let state = Mutex(State())

    /// - Parameter greeting: what is done first on each connection.
    init(_ server: PostgresServer, greeting: @escaping @Sendable (Connection) throws(PostgresFault) -> Void) {
        self.server = server
        self.greeting = greeting
    }

    /// - Throws: what was wrong when it was last tried, if that is not long ago.
    func open() throws(PostgresFault) -> Connection {
        if let closed = state.withLock(\.closed), ContinuousClock.now < closed.until { throw closed.fault }
        do throws(PostgresFault) {
            let connection = try Connection(server)
            try greeting(connection)
            state.withLock { $0 = State() }
            return connection
        } catch {
            state.withLock { state in
                state.failures += 1
                let wait = min(5, 0.05 * Double(1 << min(state.failures - 1, 10))) * Double.random(in: 0.5...1)
                var fault = error
                fault.isLost = true
                state.closed = Closed(until: .now + .seconds(wait), fault: fault)
            }
            throw error
        }
    }
}
