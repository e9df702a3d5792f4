import DequeModule
import PromptCacheWarmer

/// A few sessions, taken in turns.
actor ConnectionPool {
    private let sessions: [Session]
    private var free: [Session]
    private var waiting: Deque<CheckedContinuation<Session, Never>> = []

    init(_ door: ConnectionDoor, count: Int) {
        sessions = (0..<count).map { _ in Session(door) }
        free = sessions
    }

    /// As ``Session/run(_:)``.
    nonisolated func run<Result: Sendable>(
        _ body: @Sendable (Connection) throws(PostgresFault) -> Result
    ) async throws(PostgresFault) -> Result {
        let session = await take()
        do throws(PostgresFault) {
            let result = try await session.run(body)
            await giveBack(session)
            return result
        } catch {
            await giveBack(session)
            throw error
        }
    }

    /// As ``Session/transaction(_:_:)``.
    nonisolated func transaction<Result: Sendable>(
        _ opening: String = "BEGIN", _ body: @Sendable (Connection) throws(PostgresFault) -> Result
    ) async throws(PostgresFault) -> Result {
        let session = await take()
        do throws(PostgresFault) {
            let result = try await session.transaction(opening, body)
            await giveBack(session)
            return result
        } catch {
            await giveBack(session)
            throw error
        }
    }

    func close() async { for session in sessions { await session.close() } }

    private func take() async -> Session {
        if let session = free.popLast() { return session }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack(_ session: Session) {
        if let next = waiting.popFirst() { next.resume(returning: session) } else { free.append(session) }
    }
}
