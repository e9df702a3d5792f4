import CachePrices
import PromptCacheWarmer
import SteppedTime
import TestPostgres
import Testing
import WarmingPolicies
import WriterProcess

@testable import PostgresWarmStore

@Suite("Replicas that are killed at any moment lose nothing that was settled", .serialized)
struct KillTests {
    /// What the writers said is there, and no more than the budget was ever granted.
    private static func check(_ lines: [[String]], in store: PostgresWarmStore, budget: USD) async throws {
        try await store.check()
        let settled = try await store.asking { connection throws(PostgresFault) in
            let rows = try connection.run("SELECT id, settled FROM reservation WHERE settled IS NOT NULL")
            return (0..<rows.count).reduce(into: [Int64: Int64]()) {
                $0[rows.integer($1, 0) ?? 0] = rows.integer($1, 1)
            }
        }
        for words in lines.joined().map({ $0.split(separator: " ") }) where words.first == "settled" {
            #expect(settled[Int64(words[1]) ?? 0] == Int64(words[2]))
        }
        let rows = try await store.rows(from: .distantPast, to: .distantFuture).count
        let said = lines.map { own in own.last { $0.hasPrefix("rows") }.flatMap { Int($0.dropFirst(5)) } ?? 0 }
        #expect(rows >= said.reduce(0, +))
        #expect(await store.spent(on: .noon) <= budget)
        let totals = try await store.totals(from: .distantPast, to: .distantFuture)
        #expect(totals.reduce(0) { $0 + $1.totals.requests } == rows)
    }

    @Test("One after the other", arguments: 1...4)
    func killed(seed: Int) async throws {
        let url = try await PostgresFixture.shared().database()
        var random = SeededRandom(seed: UInt64(seed))
        let budget = USD(picodollars: Int64.random(in: 5_000_000...60_000_000, using: &random))
        var lines: [[String]] = []
        for life in 0..<2 {
            let writer = try WriterProcess(url, budget: budget.picodollars, seed: seed * 10 + life)
            lines.append(try writer.killed(afterLines: Int.random(in: 0...120, using: &random)))
        }
        try await Self.check(lines, in: try await newStore(url, budget: .perDay(budget)), budget: budget)
    }

    @Test("Three at a time, which do not overspend together")
    func together() async throws {
        let url = try await PostgresFixture.shared().database()
        let budget = USD(picodollars: 40_000_000)
        let writers = try (0..<3).map { try WriterProcess(url, budget: budget.picodollars, seed: $0) }
        let lines = try writers.map { try $0.killed(afterLines: 250) }
        #expect(lines.joined().contains("refused"))
        try await Self.check(lines, in: try await newStore(url, budget: .perDay(budget)), budget: budget)
    }
}
