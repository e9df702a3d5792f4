import CachePrices
import PromptCacheWarmer
import TestPostgres
import Testing
import WarmingPolicies

@testable import PostgresWarmStore

@Suite("A server that goes away stops spending, and nothing is lost")
struct OutageTests {
    /// Asks until the answer is yes: connections are tried again after pauses of real time.
    private func eventually(_ isSo: () async -> Bool) async {
        while await !isSo() { await Task.yield() }
    }

    @Test("Rows and settlements wait for it, whether it was stopped or has crashed", arguments: [false, true])
    func restart(crashes: Bool) async throws {
        let postgres = try await PostgresFixture.start()
        let store = try await newStore(try await postgres.database())
        store.record(arrival(0))
        try await store.flush()
        let open = try #require(await store.isGranted("0.40"))
        try await postgres.stop(crashes: crashes)

        store.record(arrival(1))
        await #expect(throws: LedgerError.self) { try await store.flush() }
        #expect(store.obstacle != nil)
        #expect(await store.isGranted("0.01") == nil)
        #expect(await store.spent(on: .noon) == .largest)
        await store.settle(open, at: .usd("0.10"))

        try await postgres.start()
        await eventually { await store.isGranted("0.20") != nil }
        #expect(store.obstacle == nil)
        #expect(await store.spent(on: .noon) == .usd("0.30"))
        #expect(try await store.rows(from: .distantPast, to: .distantFuture) == [arrival(0), arrival(1)])
        try await store.check()
        try await postgres.stop()
    }

    @Test("A connection that was idle when the server restarted harms nothing")
    func idle() async throws {
        let postgres = try await PostgresFixture.start()
        let store = try await newStore(try await postgres.database())
        try await postgres.stop()
        try await postgres.start()
        #expect(await store.isGranted("0.10") != nil)
        store.record(arrival(0))
        try await store.flush()
        #expect(await store.spent(on: .noon) == .usd("0.10"))
        try await postgres.stop()
    }

    @Test("A server that has become read-only is left for one that takes writes")
    func readOnly() async throws {
        let postgres = try await PostgresFixture.start()
        let url = try await postgres.database()
        let store = try await newStore(url)
        try await postgres.stop()
        try await postgres.start(["default_transaction_read_only=on"])
        guard
            case .refused(let refusal) = await store.reserve(
                SpendRequest(scope: "a", worstCase: .usd("0.10"), wall: .noon))
        else {
            Issue.record("money was granted by a server that writes nothing down")
            return
        }
        #expect(refusal.reason.contains("takes no writes, as a standby does"))
        #expect(refusal.retryAt == .noon + .seconds(1))
        #expect(await faultOfOpening(url)?.reason.contains("name the primary") == true)
        try await postgres.stop()
        try await postgres.start()
        await eventually { await store.isGranted("0.10") != nil }
        try await postgres.stop()
    }

    @Test("Of several hosts the one that takes writes is used, before and after a failover")
    func failover() async throws {
        let (one, other) = (try await PostgresFixture.start(), try await PostgresFixture.start())
        let database = try await one.database().split(separator: "/").last.map(String.init) ?? ""
        try await other.run("CREATE DATABASE \(database)", in: "postgres")
        try await other.stop()
        try await other.start(["default_transaction_read_only=on"])
        let store = try await newStore(
            "postgres://postgres@127.0.0.1:\(other.port),127.0.0.1:\(one.port)/\(database)")
        #expect(await store.isGranted("0.10") != nil)
        try await one.stop()
        try await other.stop()
        try await other.start()
        await eventually { await store.isGranted("0.10") != nil }
        try await other.stop()
    }

    @Test("A batch whose confirmation was lost is not written twice")
    func twice() async throws {
        let store = try await newStore()
        let writer = RowWriter(prices: .builtIn, retention: PostgresWarmStore.defaultRetention)
        for (rows, before) in [
            ([arrival(0), arrival(1)], 0), ([arrival(0), arrival(1), arrival(2)], 0), ([arrival(3)], 3),
        ] {
            try await store.changing { connection throws(PostgresFault) in
                try writer.write(rows, before: before, connection)
            }
        }
        #expect(try await store.rows(from: .distantPast, to: .distantFuture) == (0..<4).map { arrival($0) })
        let totals = try await store.totals(from: .distantPast, to: .distantFuture)
        #expect(totals.map(\.totals.requests) == [4])
    }
}
