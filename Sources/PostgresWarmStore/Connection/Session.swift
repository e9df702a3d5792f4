import Dispatch
import PromptCacheWarmer

/// A connection with a thread of its own, so that nothing that waits for the server waits on the cooperative pool.
///
/// A connection that is lost is opened anew by whoever comes next.
actor Session {
    private let executor = QueueExecutor()
    private let door: ConnectionDoor
    private var connection: Connection?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ door: ConnectionDoor) { self.door = door }

    /// Runs one statement or more, each for itself. If the connection has gone it is done once more on another, so that
    /// it must be something that may be done twice.
    func run<Result: Sendable>(
        _ body: @Sendable (Connection) throws(PostgresFault) -> Result
    ) throws(PostgresFault) -> Result {
        let wasOpen = connection != nil
        do throws(PostgresFault) {
            return try keeping { connection throws(PostgresFault) in try body(connection) }
        } catch  where error.isLost && wasOpen {
            return try keeping { connection throws(PostgresFault) in try body(connection) }
        }
    }

    /// Runs statements all or none. Nothing has been done where it throws, unless the connection was lost: then that is
    /// not known.
    func transaction<Result: Sendable>(
        _ opening: String = "BEGIN", _ body: @Sendable (Connection) throws(PostgresFault) -> Result
    ) throws(PostgresFault) -> Result {
        // A connection that went while it was idle is found out by the opening, which changes nothing.
        try run { connection throws(PostgresFault) in _ = try connection.run(opening) }
        return try keeping { connection throws(PostgresFault) in
            do throws(PostgresFault) {
                let result = try body(connection)
                try connection.run("COMMIT")
                return result
            } catch {
                if !connection.isLost { _ = try? connection.run("ROLLBACK") }
                throw error
            }
        }
    }

    func close() { connection = nil }

    private func keeping<Result>(
        _ body: (Connection) throws(PostgresFault) -> Result
    ) throws(PostgresFault) -> Result {
        let open: Connection
        if let connection { open = connection } else { open = try door.open() }
        connection = open
        do throws(PostgresFault) {
            return try body(open)
        } catch {
            // After a failover another host may take writes.
            if error.isLost || error.isReadOnly { connection = nil }
            throw error
        }
    }
}

/// Runs an actor on a queue of its own.
private final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "prompt-cache-warmer.postgres")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
