import Foundation
import GRDB
import PromptCache
import PromptCacheWarmer
import Synchronization
import Testing
import WarmingPolicies

@testable import SQLiteWarmStore

@Suite("A slow disk holds nobody up")
struct QueueTests {
    private static let noon = Moment(secondsSince1970: 1_781_524_800)

    private static func row(_ second: Int, scope: String = "a") -> LedgerRow {
        LedgerRow(
            .arrival, at: noon + .seconds(second), scope: scope, upstream: "u", model: ModelID("m"),
            lifetime: .fiveMinutes)
    }

    /// A disk that waits to be told.
    private final class SlowDisk: Sendable {
        let written = Mutex<[LedgerRow]>([])
        let isOpen = Mutex(false)

        func write(_ rows: [LedgerRow]) async {
            while !isOpen.withLock(\.self) { await Task.yield() }
            written.withLock { $0 += rows }
        }
    }

    @Test("What does not fit is dropped and said, and pings stop until all is written")
    func overflow() async throws {
        let disk = SlowDisk()
        let queue = RowQueue(capacity: 10, logger: .silent) { rows, _ in await disk.write(rows) }
        for second in 0..<15 { queue.add(Self.row(second)) }
        #expect(queue.obstacle?.contains("5 rows of the ledger were dropped") == true)
        disk.isOpen.withLock { $0 = true }
        try await queue.flush()
        #expect(queue.obstacle == nil)
        #expect(disk.written.withLock(\.self).map(\.at) == (0..<10).map { Self.noon + .seconds($0) })
        queue.add(Self.row(20))
        try await queue.flush()
        #expect(disk.written.withLock(\.count) == 11)
    }

    @Test("A batch that fails stays in its place and is tried again with the next row")
    func retry() async throws {
        let isBroken = Mutex(true)
        let written = Mutex<[LedgerRow]>([])
        let queue = RowQueue(capacity: 100, logger: .silent) { rows, _ async throws(LedgerError) in
            if isBroken.withLock(\.self) { throw LedgerError(.full, "full") }
            written.withLock { $0 += rows }
        }
        queue.add(Self.row(0))
        await #expect(throws: LedgerError.self) { try await queue.flush() }
        #expect(queue.obstacle == "full")
        isBroken.withLock { $0 = false }
        queue.add(Self.row(1))
        try await queue.flush()
        #expect(queue.obstacle == nil)
        #expect(written.withLock(\.self).map(\.at) == [Self.noon, Self.noon + .seconds(1)])
    }

    @Test("Raw rows go after their time, totals stay")
    func retention() async throws {
        let folder = try Folder()
        let store = try await folder.store(retention: .seconds(86_400))
        for day in 0..<4 { store.record(Self.row(day * 86_400)) }
        try await store.flush()
        store.record(Self.row(4 * 86_400))
        try await store.flush()
        let rows = try await store.rows(from: .distantPast, to: .distantFuture)
        #expect(rows.map(\.at) == [3, 4].map { Self.noon + .seconds($0 * 86_400) })
        let totals = try await store.totals(from: .distantPast, to: .distantFuture)
        #expect(totals.reduce(0) { $0 + $1.totals.requests } == 5)
    }

    @Test("A ledger holds neither prompts nor keys: its columns are these and no others")
    func columns() async throws {
        let folder = try Folder()
        let store = try await folder.store()
        let names = try await store.pool.read { db in try db.columns(in: "event").map(\.name) }
        #expect(
            names == [
                "id", "at", "kind", "outcome", "scope", "upstream", "model", "prefixes", "lifetime",
                "chose_hour", "input", "write_5m", "write_1h", "read", "output", "cost", "cause", "first_token",
                "reason", "expected_value",
            ])
        let sums = try await store.pool.read { db in try db.columns(in: "hourly").map(\.name) }
        #expect(Set(sums.dropFirst(4)) == Set(LedgerTotals.columns.map(\.name)))
    }
}
