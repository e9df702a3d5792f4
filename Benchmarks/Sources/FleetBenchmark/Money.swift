import CachePrices
import PostgresWarmStore
import PromptCacheWarmer

/// Reservations of one budget take turns, whatever the number of replicas.
enum Money {
    private static let calls = 1_000

    static func measure(_ server: Server, _ report: inout Report) async throws {
        let store = try await server.store()
        let (work, seconds) = try await server.work {
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<4 {
                    group.addTask {
                        for _ in 0..<calls / 4 {
                            let request = SpendRequest(
                                scope: "scope \(caller)", worstCase: .usd("0.001"), wall: SystemClock().now.wall)
                            guard case .granted(let reservation) = await store.reserve(request) else {
                                preconditionFailure("there is plenty")
                            }
                            await store.settle(reservation, at: .usd("0.0001"))
                        }
                    }
                }
            }
        }
        report.tell("reservations with their settlement", Double(calls) / seconds, "a second")
        report.tell("  of the server for each", work.server / Double(calls) * 1e6, "µs")
        report.tell("  of the replica for each", work.own / Double(calls) * 1e6, "µs")
        try await store.close()
    }
}
