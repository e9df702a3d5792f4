import CachePrices
import CacheReports
import Foundation
import Logging
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import SQLiteWarmStore
import WarmingPolicies

/// Writes rows as fast as a ledger takes them, then asks it for reports. Processor time is told too, since the machine may be
/// busy with other things.
enum LedgerTimes {
    private static let start = Moment(secondsSince1970: 1_781_524_800)
    private static let scopes = (0..<100).map { "scope \($0)" }
    private static let model = ModelID("claude-sonnet-5-5")
    private static let days = 25

    static func measure(rows: Int) async throws {
        let folder = NSTemporaryDirectory() + "ledger-benchmark-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/ledger.sqlite"
        let store = try await open(file)
        let watch = ContinuousClock()

        let before = processorTime()
        let writing = try await watch.measure {
            for number in 0..<rows {
                store.record(row(number, of: rows))
                // Half of what may wait, so that nothing is dropped.
                if number % 32_768 == 32_767 { try await store.flush() }
            }
            try await store.flush()
        }
        let busy = processorTime() - before
        print("\(rows) rows written in \(seconds(writing)): \(perSecond(rows, writing)) a second")
        print("of processor time that took \(seconds(busy)): \(perSecond(rows, busy)) a second")
        precondition(store.obstacle == nil)
        try await store.close()
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        print("the file has \(size / 1_000_000) MB, \(size / rows) bytes a row")

        for grouping in [Stats.Grouping.scope, .day] {
            var total = LedgerTotals()
            let reading = try await watch.measure {
                let store = try await open(file)
                let stats = Stats(try await store.totals(from: .distantPast, to: .distantFuture), by: grouping)
                _ = (stats.json.text(pretty: true), StatsText(stats).lines, StatsPage(stats).html)
                total = stats.total
                try await store.close()
            }
            precondition(total.requests + total.pings == rows)
            print("stats by \(grouping.rawValue), as text, JSON and a page, in \(seconds(reading))")
        }
    }

    private static func open(_ file: String) async throws -> SQLiteWarmStore {
        try await SQLiteWarmStore.open(
            file, budget: .perDay(.usd("1")), now: { .distantFuture },
            logger: Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// Two arrivals for each ping, spread over days, with a head that all share.
    private static func row(_ number: Int, of count: Int) -> LedgerRow {
        let at = start + .seconds(Double(number) / Double(count) * Double(days) * 86_400)
        let scope = number % scopes.count
        let isPing = number % 3 == 2
        let usage = Usage(input: 20, write5m: number % 7 == 0 ? 12_000 : 0, read: number % 7 == 0 ? 0 : 12_000)
        return LedgerRow(
            isPing ? .ping : .arrival, at: at, scope: scopes[scope], upstream: "anthropic", model: model,
            prefixes: [
                CoveredPrefix(key: "00000000000000aa", tokens: 4_000, lifetime: .oneHour),
                CoveredPrefix(key: String(1_000_000_000_000_000 + scope), tokens: 12_000, lifetime: .fiveMinutes),
            ],
            lifetime: .fiveMinutes, usage: usage, cost: .usd("0.0012"), cause: usage.read == 0 ? .expired : nil,
            timeToFirstToken: .milliseconds(300),
            reason: isPing ? "keep it warm: ping 1 of 2 since the last arrival, 11 s of life left" : "")
    }

    /// What this process has used so far.
    private static func processorTime() -> Duration { .seconds(Double(clock()) / Double(CLOCKS_PER_SEC)) }

    private static func perSecond(_ count: Int, _ time: Duration) -> Int { Int(Double(count) / (time / .seconds(1))) }

    private static func seconds(_ duration: Duration) -> String {
        "\((duration / .seconds(1) * 1000).rounded() / 1000) s"
    }
}
