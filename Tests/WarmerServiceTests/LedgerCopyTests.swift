import CachePrices
import PostgresWarmStore
import PromptCache
import PromptCacheWarmer
import SQLiteWarmStore
import SteppedTime
import TestPostgres
import Testing
import WarmerService
import WarmingPolicies

@Suite("A ledger moves from a file into a database")
struct LedgerCopyTests {
    private static let noon = Moment(secondsSince1970: 1_781_524_800)

    /// A day of arrivals and pings at random, with money spent, and some that is open.
    private func fill(_ store: SQLiteWarmStore) async throws {
        var random = SeededRandom(seed: 8)
        for second in stride(from: 0, to: 86_400, by: 90) {
            let at = Self.noon + .seconds(second)
            let tokens = Int.random(in: 0...90_000, using: &random)
            let isPing = random.chance(30)
            store.record(
                LedgerRow(
                    isPing ? .ping : .arrival, at: at, scope: #"größe "\#(second % 7)" \ 'x'"#, upstream: "u",
                    model: ModelID("claude-sonnet-5-5"),
                    prefixes: [CoveredPrefix(key: "0123456789abcdef", tokens: 5, lifetime: .fiveMinutes)],
                    lifetime: random.chance(20) ? .oneHour : .fiveMinutes,
                    usage: random.chance(90) ? Usage(write5m: tokens / 7, read: tokens) : nil,
                    cost: .usd("0.000123456789"), cause: random.chance(10) ? .expired : nil, reason: "tab\tline\nend"))
            guard
                case .granted(let reservation) = await store.reserve(
                    SpendRequest(scope: "a", worstCase: .usd("0.001"), wall: at))
            else { continue }
            if random.chance(90) { await store.settle(reservation, at: .usd("0.0005")) }
        }
        try await store.flush()
    }

    @Test("row by row, with the same totals and the same money, and goes on there")
    func copy() async throws {
        let folder = try Folder([:])
        let file = StoreLocation("\(folder.path)/warmer.sqlite")
        let old = try await SQLiteWarmStore.open(
            "\(folder.path)/warmer.sqlite", budget: .perDay(.usd("1.00")), logger: RunningDaemon.logger)
        try await fill(old)
        let url = try await PostgresFixture.shared().database()
        let (hours, summary) = try await file.copyLedger(to: StoreLocation(url), logger: RunningDaemon.logger)

        let new = try await PostgresWarmStore.open(url, budget: .perDay(.usd("1.00")), logger: RunningDaemon.logger)
        #expect(
            try await new.rows(from: .distantPast, to: .distantFuture)
                == old.rows(from: .distantPast, to: .distantFuture))
        #expect(try await new.totals(from: .distantPast, to: .distantFuture).count == hours)
        #expect(summary.rows == 960)
        #expect(summary.openReservations > 10)
        #expect(await new.spent(on: Self.noon) == (await old.spent(on: Self.noon)))
        try await new.check()

        new.record(
            LedgerRow(.arrival, at: Self.noon, scope: "later", upstream: "u", model: ModelID("m"), lifetime: .oneHour))
        try await new.flush()
        #expect(try await new.summary().rows == 961)
        guard
            case .granted = await new.reserve(
                SpendRequest(scope: "a", worstCase: .usd("0.001"), wall: Self.noon + .seconds(86_400)))
        else {
            Issue.record("nothing can be spent after the move")
            return
        }
    }

    @Test("into an empty one only, and from a file")
    func refusals() async throws {
        let folder = try Folder([:])
        let file = StoreLocation("\(folder.path)/warmer.sqlite")
        try await fill(
            try await SQLiteWarmStore.open(
                "\(folder.path)/warmer.sqlite", budget: .perDay(.usd("1.00")), logger: RunningDaemon.logger))
        let target = StoreLocation(try await PostgresFixture.shared().database())
        _ = try await file.copyLedger(to: target, logger: RunningDaemon.logger)
        let twice = await #expect(throws: LedgerError.self) {
            try await file.copyLedger(to: target, logger: RunningDaemon.logger)
        }
        #expect(twice?.reason.contains("holds a ledger already") == true)
        let back = await #expect(throws: LedgerError.self) {
            try await target.copyLedger(to: file, logger: RunningDaemon.logger)
        }
        #expect(back?.reason.contains("write FILE postgres://") == true)
    }
}
