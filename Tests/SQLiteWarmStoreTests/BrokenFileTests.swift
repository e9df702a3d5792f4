import CachePrices
import Foundation
import GRDB
import PromptCache
import PromptCacheWarmer
import Testing
import WarmingPolicies

@testable import SQLiteWarmStore

@Suite("What is wrong with a ledger's file is said in one line, and nothing is lost")
struct BrokenFileTests {
    private let folder: Folder
    private static let noon = Moment(secondsSince1970: 1_781_524_800)

    init() throws { folder = try Folder() }

    private static func ledger(_ migrations: [@Sendable (Database) throws -> Void]) -> FileKind {
        FileKind(noun: "ledger", applicationID: Schema.applicationID, migrations: migrations)
    }

    private func row(_ second: Int) -> LedgerRow {
        LedgerRow(
            .arrival, at: Self.noon + .seconds(second), scope: "a", upstream: "u", model: ModelID("m"),
            lifetime: .fiveMinutes, usage: Usage(read: 1), reason: String(repeating: "x", count: 500))
    }

    @Test("A file that is no database, and one that is another program's")
    func others() async throws {
        try Data("Dear diary, today I was a text file and happy.".utf8).write(to: URL(filePath: folder.file("diary")))
        let diary = await faultOfOpening(folder.file("diary"))
        #expect(diary?.code == .notALedger)
        #expect(diary?.reason.contains("is no ledger") == true)
        let other = try DatabaseQueue(path: folder.file("other"))
        try await other.write { db in try db.execute(sql: "CREATE TABLE songs (title TEXT)") }
        try other.close()
        let before = try Data(contentsOf: URL(filePath: folder.file("other")))
        #expect(await faultOfOpening(folder.file("other"))?.code == .notALedger)
        #expect(try Data(contentsOf: URL(filePath: folder.file("other"))) == before)
    }

    @Test("A folder, a missing folder, and a ledger that must be there and is not")
    func paths() async throws {
        #expect(await faultOfOpening(folder.path)?.reason.contains("is a folder") == true)
        #expect(await faultOfOpening(folder.file("nowhere/ledger"))?.code == .unreadable)
        #expect(
            await faultOfOpening(folder.file("missing"), mustExist: true)?.reason.contains("no such ledger") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("missing")))
    }

    @Test("A ledger of a newer version is left alone")
    func newer() async throws {
        let steps = Schema.migrations + [{ db in try db.execute(sql: "CREATE TABLE later (x INTEGER)") }]
        let newer = try await SQLiteWarmStore.open(
            folder.file(), budget: .standard, now: { .distantFuture }, logger: .silent, kind: Self.ledger(steps),
            pageLimit: nil)
        try await newer.close()
        let fault = await faultOfOpening(folder.file())
        #expect(fault?.code == .newerVersion)
        let newest = Schema.migrations.count
        #expect(fault?.reason.contains("(\(newest + 1); this one knows \(newest))") == true)
    }

    @Test("A ledger of the first version is brought up to date: it keeps its rows, and what they will prove")
    func older() async throws {
        let at = Self.noon.nanosecondsSince1970
        let old = try await SQLiteWarmStore.open(
            folder.file(), budget: .standard, now: { .distantFuture }, logger: .silent,
            kind: Self.ledger(Array(Schema.migrations.prefix(1))), pageLimit: nil)
        try await old.pool.write { db in
            try db.execute(
                sql: """
                    INSERT INTO event (at, kind, outcome, scope, upstream, model, prefixes, is_whole, lifetime, chose_hour,
                        input, write_5m, write_1h, read, output, reason)
                    VALUES (\(at), 'arrival', 'answered', 'a', 'main', 'claude-sonnet-5-5', 'aa:6000 bb:10000', 1, '1h', 0,
                        0, 0, 10000, 0, 0, '');
                    INSERT INTO touch VALUES ('bb', \(at + 3_600_000_000_000), NULL, NULL, 0, \(at + 3_600_000_000_000));
                    INSERT INTO touch VALUES ('scope a', \(at + 3_600_000_000_000), NULL, NULL, 0, \(at));
                    """)
        }
        try old.pool.close()
        let new = try await folder.store()
        #expect(try await new.summary().version == Schema.migrations.count)
        let prefixes = [
            CoveredPrefix(key: "aa", tokens: 6_000, lifetime: .oneHour),
            CoveredPrefix(key: "bb", tokens: 10_000, lifetime: .oneHour),
        ]
        func row(_ kind: LedgerRow.Kind, _ second: Int, _ usage: Usage) -> LedgerRow {
            LedgerRow(
                kind, at: Self.noon + .seconds(second), scope: "a", upstream: "main",
                model: ModelID("claude-sonnet-5-5"),
                prefixes: prefixes, lifetime: .oneHour, usage: usage)
        }
        let first = row(.arrival, 0, Usage(write1h: 10_000))
        #expect(try await new.rows(from: .distantPast, to: .distantFuture) == [first])
        // The arrival of before keeps it for an hour, whatever was pinged since.
        new.record(row(.ping, 60, Usage(read: 10_000)))
        new.record(row(.arrival, 120, Usage(read: 10_000)))
        try await new.flush()
        #expect(try await new.totals(from: .distantPast, to: .distantFuture).map(\.totals.saved) == [.zero])
    }

    @Test("A damaged page is found when it is read, and by checking")
    func damaged() async throws {
        let store = try await folder.store()
        for second in 0..<2_000 { store.record(row(second)) }
        try await store.close()
        let file = URL(filePath: folder.file())
        var bytes = try Data(contentsOf: file)
        for page in stride(from: 10, to: bytes.count / 4096 - 1, by: 7) {
            bytes.replaceSubrange(page * 4096..<page * 4096 + 512, with: Data(repeating: 0xA5, count: 512))
        }
        try bytes.write(to: file)
        let again = try await folder.store()
        let fault = await #expect(throws: LedgerError.self) { try await again.check() }
        #expect(fault?.code == .damaged)
        let read = await #expect(throws: LedgerError.self) {
            _ = try await again.rows(from: .distantPast, to: .distantFuture)
        }
        #expect(read?.code == .damaged)
        #expect(read?.reason.contains(folder.file()) == true)
    }

    @Test("A full disk stops pings and nothing else; once there is room, all that was recorded is written")
    func full() async throws {
        let store = try await SQLiteWarmStore.open(
            folder.file(), budget: .perDay(.usd("1.00")), now: { .distantFuture }, logger: .silent, kind: .ledger,
            pageLimit: 40)
        for second in 0..<1_000 { store.record(row(second)) }
        let fault = await #expect(throws: LedgerError.self) { try await store.flush() }
        #expect(fault?.code == .full)
        #expect(store.obstacle?.contains("the disk is full") == true)
        let answer = await store.reserve(SpendRequest(scope: "a", worstCase: .usd("0.01"), wall: Self.noon))
        guard case .refused(let refusal) = answer else {
            Issue.record("money was granted on a full disk")
            return
        }
        #expect(refusal.reason.contains("the disk is full"))
        #expect(refusal.retryAt == Self.noon + .seconds(1))
        try await store.pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await store.flush()
        #expect(store.obstacle == nil)
        #expect(try await store.rows(from: .distantPast, to: .distantFuture).count == 1_000)
        let later = await store.reserve(SpendRequest(scope: "a", worstCase: .usd("0.01"), wall: Self.noon))
        guard case .granted = later else {
            Issue.record("money was refused though there is room again")
            return
        }
    }

    @Test("Nobody else may read the file")
    func permissions() async throws {
        _ = try await folder.store()
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file())
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
