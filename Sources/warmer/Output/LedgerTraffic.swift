import PromptCacheWarmer
import SQLiteWarmStore
import TrafficImport
import WarmingPolicies

/// The requests that a ledger has seen, as recorded traffic.
enum LedgerTraffic {
    /// - Throws: ``Failure`` where there is no ledger, or none of its arrivals has a usage.
    static func read(_ path: String) async throws -> RecordedTraffic {
        var options = LedgerOptions()
        options.ledger = path
        let store = try await options.open()
        let rows = try await store.rows(from: .distantPast, to: .distantFuture).filter { $0.kind == .arrival }
        try await store.close()
        let requests = rows.compactMap { row in
            row.usage.map {
                RecordedRequest(start: row.at, scope: "\(row.upstream) \(row.scope)", model: row.model, usage: $0)
            }
        }
        guard !requests.isEmpty else {
            throw Failure(
                .usage,
                "--ledger \(store.place): has \(rows.count) requests in it and the usage of none; let clients go through "
                    + "`warmer proxy`, or note arrivals with their usage")
        }
        var leftOut = RecordedTraffic.LeftOut()
        leftOut.withoutUsage = rows.count - requests.count
        return RecordedTraffic(requests: requests, files: 1, leftOut: leftOut)
    }
}
