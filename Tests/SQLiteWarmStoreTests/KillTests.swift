import CachePrices
import Foundation
import GRDB
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmingPolicies
import WriterProcess

@testable import SQLiteWarmStore

@Suite("Killed at any moment, a ledger loses nothing that was settled", .serialized)
struct KillTests {
    /// How often; more with LEDGER_KILLS=100.
    static let runs = ProcessInfo.processInfo.environment["LEDGER_KILLS"].flatMap(Int.init) ?? 10

    private static let noon = Moment(secondsSince1970: 1_781_524_800)

    /// What the writers said is there, and no more than the budget was ever granted.
    private static func check(_ lines: [[String]], in store: SQLiteWarmStore, budget: USD) async throws {
        try await store.check()
        let settled = try await store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT id, settled FROM reservation WHERE settled IS NOT NULL")
                .reduce(into: [Int64: Int64]()) { $0[$1["id"]] = $1["settled"] }
        }
        for words in lines.joined().map({ $0.split(separator: " ") }) where words.first == "settled" {
            #expect(settled[Int64(words[1]) ?? 0] == Int64(words[2]))
        }
        let rows = try await store.rows(from: .distantPast, to: .distantFuture).count
        let said = lines.map { own in own.last { $0.hasPrefix("rows") }.flatMap { Int($0.dropFirst(5)) } ?? 0 }
        #expect(rows >= said.reduce(0, +))
        let spent = await store.spent(on: noon)
        #expect(spent <= budget)
        let booked = try await store.pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT sum(coalesce(settled, amount)) FROM reservation") ?? 0
        }
        #expect(spent == USD(picodollars: booked), "open reservations count as spent, and nothing else does")
        let totals = try await store.totals(from: .distantPast, to: .distantFuture)
        #expect(totals.reduce(0) { $0 + $1.totals.requests } == rows)
    }

    @Test("No settled row is lost, open reservations count, and the budget holds", arguments: 1...runs)
    func killed(seed: Int) async throws {
        let folder = try Folder()
        var random = SeededRandom(seed: UInt64(seed))
        let budget = USD(picodollars: Int64.random(in: 5_000_000...60_000_000, using: &random))
        var lines: [[String]] = []
        for life in 0..<2 {
            let writer = try WriterProcess(folder.file(), budget: budget.picodollars, seed: seed * 10 + life)
            lines.append(try writer.killed(afterLines: Int.random(in: 0...120, using: &random)))
        }
        try await Self.check(lines, in: try await folder.store(budget: .perDay(budget)), budget: budget)
    }

    @Test("Processes that make a ledger at the same instant all write to it", arguments: 1...5)
    func born(seed: Int) async throws {
        let folder = try Folder()
        let budget = USD(picodollars: 40_000_000)
        let writers = try (0..<4).map {
            try WriterProcess(folder.file(), budget: budget.picodollars, seed: seed * 10 + $0)
        }
        let lines = try writers.map { try $0.killed(afterLines: 3) }
        #expect(lines.map(\.first) == ["ready", "ready", "ready", "ready"])
        try await Self.check(lines, in: try await folder.store(budget: .perDay(budget)), budget: budget)
    }

    @Test("Two processes share a ledger and do not overspend it together", arguments: 1...2)
    func together(seed: Int) async throws {
        let folder = try Folder()
        let budget = USD(picodollars: 40_000_000)
        let writers = try (0..<2).map {
            try WriterProcess(folder.file(), budget: budget.picodollars, seed: seed * 10 + $0)
        }
        let lines = try writers.map { try $0.killed(afterLines: 250) }
        #expect(lines.joined().contains("refused"))
        try await Self.check(lines, in: try await folder.store(budget: .perDay(budget)), budget: budget)
    }
}
