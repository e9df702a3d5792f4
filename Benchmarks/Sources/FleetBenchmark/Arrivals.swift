import CachePrices
import Foundation
import PostgresWarmStore
import PromptCacheWarmer
import SQLiteWarmStore

/// What an arrival takes that is written down in the ledger, and told to the fleet where there is one.
enum Arrivals {
    private static let arrivals = 300_000
    /// Less than may wait to be written, so that nothing is dropped.
    private static let batch = 25_000

    static func measure(_ server: Server, _ report: inout Report) async throws {
        let file = NSTemporaryDirectory() + "fleet-benchmark-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let sqlite = try await SQLiteWarmStore.open(file, budget: .perDay(.usd("1")), logger: Server.silent)
        let embedded = try await one(server, Crowd(ledger: sqlite), sqlite)
        try await sqlite.close()
        let postgres = try await server.store()
        let shared = try await one(
            server, Crowd(ledger: postgres, fleet: Fleet(postgres, workspace: "benchmark")), postgres)
        try await postgres.close()
        func each(_ seconds: Double) -> Double { seconds / Double(arrivals) * 1e6 }
        report.tell("an arrival with its row, on SQLite", each(embedded.own), "µs")
        report.tell("an arrival with its row and touch, on PostgreSQL, of the replica", each(shared.own), "µs")
        report.tell("  of the server", each(shared.server), "µs")
        report.atMost(1.1, "  of both, against SQLite", shared.sum / embedded.own, "times")
    }

    private static func one(_ server: Server, _ crowd: Crowd, _ ledger: any Ledger) async throws -> Server.Work {
        func round(_ number: Int) async throws {
            crowd.arrive(batch)
            try await crowd.settle((number + 1) * batch)
            try await ledger.flush()
        }
        // The first time that a scope is met is not what comes after.
        let first = 200_000 / batch
        for number in 0..<first { try await round(number) }
        let (work, _) = try await server.work {
            for number in 0..<arrivals / batch { try await round(first + number) }
        }
        precondition(ledger.obstacle == nil)
        await crowd.warmer.stop()
        return work
    }
}
