import CachePrices
import Foundation
import PromptCacheWarmer
import TestPostgres
import Testing
import WarmingPolicies

@testable import PostgresWarmStore

@Suite("What is wrong with a database is said in one line, and nothing is lost")
struct OpeningTests {
    @Test("A wrong password, or none, and neither is ever repeated")
    func password() async throws {
        let postgres = try await PostgresFixture.shared()
        _ = try? await postgres.run("CREATE ROLE locked LOGIN PASSWORD 'open sesame' SUPERUSER", in: "postgres")
        let url = try await postgres.database()
        let wrong = await faultOfOpening(url.replacing("postgres@", with: "locked:hush-hush@"))
        #expect(wrong?.code == .unreadable)
        #expect(wrong?.reason.contains("the password is wrong") == true)
        #expect(wrong?.reason.contains("hush") == false)
        #expect(wrong?.reason.hasPrefix("postgres://locked@127.0.0.1:\(postgres.port)/test") == true)
        let none = await faultOfOpening(url.replacing("postgres@", with: "locked@"))
        #expect(none?.reason.contains("the password is wrong or missing") == true)
        #expect(await faultOfOpening(url.replacing("postgres@", with: "locked:open%20sesame@")) == nil)
    }

    @Test("A URL that is none is not repeated either")
    func url() async {
        for url in [
            "postgres://u:hush-hush@h:port/x", "postgres://u:hush-hush@[::1/x", "mysql://u:hush-hush@h/x",
            "postgres://u:hush-hush@h/x?nosuch=1", "",
        ] {
            let fault = await faultOfOpening(url)
            #expect(fault != nil && fault?.reason.contains("hush") == false, "\(fault?.reason ?? "")")
        }
    }

    @Test("A database that is not there, and a server that is not")
    func missing() async throws {
        let postgres = try await PostgresFixture.shared()
        let fault = await faultOfOpening(postgres.url(database: "nowhere"))
        #expect(fault?.code == .unreadable)
        #expect(fault?.reason.contains(#"database "nowhere" does not exist; create it, or correct the URL"#) == true)
        let away = await faultOfOpening("postgres://postgres@127.0.0.1:1/x")
        #expect(away?.code == .busy)
        #expect(away?.reason.contains("cannot be reached") == true)
    }

    @Test("Missing rights are named, with what to grant")
    func rights() async throws {
        let postgres = try await PostgresFixture.shared()
        _ = try? await postgres.run("CREATE ROLE guest LOGIN", in: "postgres")
        let url = try await postgres.database()
        let guest = url.replacing("postgres@", with: "guest@")
        let fault = await faultOfOpening(guest)
        #expect(fault?.code == .unreadable)
        #expect(fault?.reason.contains("grant the rights: CREATE on the database") == true)
        // Once the tables are there they are all that is needed.
        let database = url.split(separator: "/").last.map(String.init) ?? ""
        _ = try await newStore(url)
        #expect(await faultOfOpening(guest)?.code == .unreadable)
        try await postgres.run(
            """
            GRANT USAGE ON SCHEMA prompt_cache_warmer TO guest;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA prompt_cache_warmer TO guest
            """, in: database)
        #expect(await faultOfOpening(guest) == nil)
    }

    @Test("A schema of a newer version is left alone, and one of something else too")
    func newer() async throws {
        let postgres = try await PostgresFixture.shared()
        let url = try await postgres.database()
        let database = url.split(separator: "/").last.map(String.init) ?? ""
        _ = try await newStore(url)
        let known = Schema.standard.steps.count
        try await postgres.run("UPDATE prompt_cache_warmer.schema_version SET version = \(known + 1)", in: database)
        let fault = await faultOfOpening(url)
        #expect(fault?.code == .newerVersion)
        #expect(fault?.reason.contains("(\(known + 1); this one knows \(known))") == true)
        try await postgres.run(
            """
            DROP SCHEMA prompt_cache_warmer CASCADE; CREATE SCHEMA prompt_cache_warmer;
            CREATE TABLE prompt_cache_warmer.songs (title text)
            """, in: database)
        let other = await faultOfOpening(url)
        #expect(other?.code == .notALedger)
        #expect(other?.reason.contains("holds tables of something else") == true)
    }

    @Test("An older schema is brought up to date by whoever comes first, and keeps its rows")
    func older() async throws {
        let url = try await PostgresFixture.shared().database()
        let old = try await newStore(url)
        old.record(arrival(0))
        try await old.flush()
        let newer = Schema(steps: Schema.standard.steps + ["ALTER TABLE event ADD COLUMN extra text"])
        let versions = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await PostgresWarmStore.open(url, budget: .standard, logger: .silent, schema: newer)
                        .summary().version
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions == Array(repeating: newer.steps.count, count: 8))
        #expect(try await old.rows(from: .distantPast, to: .distantFuture) == [arrival(0)])
        // Whatever else it opens is too new for it.
        #expect(await faultOfOpening(url)?.code == .newerVersion)
    }

    @Test("A fleet of the first version's schema goes on where it was")
    func firstVersion() async throws {
        let url = try await PostgresFixture.shared().database()
        let first = Schema(steps: Array(Schema.standard.steps.prefix(1)))
        let old = try await PostgresWarmStore.open(url, budget: .standard, logger: .silent, schema: first)
        old.record(arrival(0))
        try await old.flush()
        let store = try await newStore(url)
        #expect(try await store.rows(from: .distantPast, to: .distantFuture) == [arrival(0)])
        let turn = FleetBeat.Touch(key: "k", age: .zero)
        _ = try await store.beat(FleetBeat(replica: "a", wall: .noon, continued: [turn]))
        #expect(try await store.touches(of: ["k"])["k"]?.continued != nil)
    }

    @Test("A report makes no tables in a database without a ledger")
    func empty() async throws {
        let url = try await PostgresFixture.shared().database()
        let fault = await #expect(throws: LedgerError.self) {
            _ = try await PostgresWarmStore.open(url, budget: .standard, mustExist: true, logger: .silent)
        }
        #expect(fault?.code == .unreadable)
        #expect(fault?.reason.contains("holds no ledger; check the database's name") == true)
        _ = try await newStore(url)
        _ = try await PostgresWarmStore.open(url, budget: .standard, mustExist: true, logger: .silent)
    }

    @Test("Many replicas may make the tables at once")
    func together() async throws {
        let url = try await PostgresFixture.shared().database()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { _ = try await newStore(url) } }
            try await group.waitForAll()
        }
    }

    @Test("TLS is asked for in the URL, down to whose certificate the server has")
    func encrypted() async throws {
        let postgres = try await PostgresFixture.shared()
        let url = try await postgres.database()
        let store = try await newStore(url + "?sslmode=verify-full&sslrootcert=\(postgres.certificate)")
        let isEncrypted = try await store.asking { connection throws(PostgresFault) in
            try connection.run("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").truth(0, "ssl")
        }
        #expect(isEncrypted)
        let other = try await PostgresFixture.start()
        let fault = await faultOfOpening(url + "?sslmode=verify-full&sslrootcert=\(other.certificate)")
        #expect(fault?.reason.contains("certificate verify failed") == true)
        try await other.stop()
    }

    @Test("A ledger holds neither prompts nor keys: its columns are these and no others")
    func columns() async throws {
        let store = try await newStore()
        func columns(_ table: String) async throws -> [String] {
            try await store.asking { connection throws(PostgresFault) in
                let rows = try connection.run("SELECT * FROM \(table) LIMIT 0")
                return (0..<rows.columnCount).map { rows.name(of: $0) }
            }
        }
        #expect(
            try await columns("event") == [
                "id", "at", "kind", "outcome", "scope", "upstream", "model", "prefixes", "lifetime",
                "chose_hour", "input", "write_5m", "write_1h", "read", "output", "cost", "cause", "first_token",
                "reason", "expected_value",
            ])
        #expect(Set(try await columns("hourly").dropFirst(4)) == Set(LedgerTotals.columns.map(\.name)))
    }

    @Test("Raw rows go after their time, totals stay")
    func retention() async throws {
        let store = try await newStore(retention: .seconds(86_400)) { .noon + .seconds(9 * 86_400) }
        for day in 0..<4 { store.record(arrival(day * 86_400)) }
        try await store.flush()
        store.record(arrival(4 * 86_400))
        try await store.flush()
        let rows = try await store.rows(from: .distantPast, to: .distantFuture)
        #expect(rows.map(\.at) == [3, 4].map { .noon + .seconds($0 * 86_400) })
        let totals = try await store.totals(from: .distantPast, to: .distantFuture)
        #expect(totals.reduce(0) { $0 + $1.totals.requests } == 5)
    }
}
