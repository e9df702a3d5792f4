import CachePrices
import Figures
import Foundation
import Logging
import PostgresWarmStore
import PromptCacheWarmer
import SQLiteWarmStore

/// What an arrival costs the replica's process, with each row in the ledger: with a file, and with a database and a fleet,
/// in turns.
struct Arrivals {
    static let scopes = 10_000
    static let perSecond = 5_000
    static let seconds = 10
    static let rounds = 3

    let url: String

    func run() async throws {
        var costs: (file: [Double], database: [Double]) = ([], [])
        for _ in 0..<Self.rounds {
            let path = NSTemporaryDirectory() + "fleet-\(UUID().uuidString).sqlite"
            let file = try await SQLiteWarmStore.open(path, budget: .perDay(.zero), logger: .silent)
            costs.file.append(try await Self.cost(file, fleet: nil))
            try await file.close()
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
            let database = try await PostgresWarmStore.open(url, budget: .perDay(.zero), logger: .silent)
            costs.database.append(try await Self.cost(database, fleet: Fleet(database)))
            try await database.close()
        }
        let (file, database) = (costs.file.min() ?? 0, costs.database.min() ?? 0)
        print(
            "an arrival takes \(text(file, 1)) µs of the process with a file and \(text(database, 1)) µs with a database "
                + "and a fleet: \(text(database / file, 2)) times as much (best of \(Self.rounds) in turns)")
    }

    private static func cost(_ store: any WarmStore, fleet: Fleet?) async throws -> Double {
        let host = try await Host(scopes: scopes, fleet: fleet, gate: store, ledger: store)
        await host.warmer.start()
        let before = Figures.processorSeconds
        _ = try await host.arrive(perSecond: perSecond, seconds: seconds)
        try await store.flush()
        let processor = Figures.processorSeconds - before
        await host.warmer.stop()
        return processor / Double(perSecond * seconds) * 1e6
    }
}
