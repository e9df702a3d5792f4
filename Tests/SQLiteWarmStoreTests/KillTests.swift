import CachePrices
import Foundation
import GRDB
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Testing
import WarmingPolicies

@testable import SQLiteWarmStore

@Suite("Killed at any moment, a ledger loses nothing that was settled", .serialized)
struct KillTests {
    /// How often; more with LEDGER_KILLS=100.
    static let runs = ProcessInfo.processInfo.environment["LEDGER_KILLS"].flatMap(Int.init) ?? 10

    /// A process that writes until it is killed, and what it has said.
    private final class Writer {
        let process = Process()
        private let output = Pipe()

        init(_ file: String, budget: USD, seed: Int) throws {
            // It is built beside the tests.
            let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let products = URL(filePath: tests).deletingLastPathComponent()
            process.executableURL = products.appending(path: "LedgerWriter")
            process.arguments = [file, String(budget.picodollars), String(seed)]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        /// Reads so many lines, then kills it, and reads the rest.
        func killed(afterLines count: Int) throws -> [String] {
            var data = Data()
            while data.count(where: { $0 == 0x0A }) < count {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                data += more
            }
            kill(process.processIdentifier, SIGKILL)
            data += try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            // The last line may be cut short; a whole one ends.
            let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
            return lines.map { String(decoding: $0, as: UTF8.self) }
        }
    }

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
            let writer = try Writer(folder.file(), budget: budget, seed: seed * 10 + life)
            lines.append(try writer.killed(afterLines: Int.random(in: 0...120, using: &random)))
        }
        try await Self.check(lines, in: try await folder.store(budget: .perDay(budget)), budget: budget)
    }

    @Test("Processes that make a ledger at the same instant all write to it", arguments: 1...5)
    func born(seed: Int) async throws {
        let folder = try Folder()
        let budget = USD(picodollars: 40_000_000)
        let writers = try (0..<4).map { try Writer(folder.file(), budget: budget, seed: seed * 10 + $0) }
        let lines = try writers.map { try $0.killed(afterLines: 3) }
        #expect(lines.map(\.first) == ["ready", "ready", "ready", "ready"])
        try await Self.check(lines, in: try await folder.store(budget: .perDay(budget)), budget: budget)
    }

    @Test("Two processes share a ledger and do not overspend it together", arguments: 1...2)
    func together(seed: Int) async throws {
        let folder = try Folder()
        let budget = USD(picodollars: 40_000_000)
        let writers = try (0..<2).map { try Writer(folder.file(), budget: budget, seed: seed * 10 + $0) }
        let lines = try writers.map { try $0.killed(afterLines: 250) }
        #expect(lines.joined().contains("refused"))
        try await Self.check(lines, in: try await folder.store(budget: .perDay(budget)), budget: budget)
    }
}
