import CachePrices
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

extension StoreConformance {
    /// Everything that a ledger must do.
    public static let ledgerChecks: [LedgerCheck] = [
        LedgerCheck(description: "A row comes back as it was written, whatever it leaves out") { make in
            let ledger = try await make { evening }
            let rows = [full, bare]
            for row in rows { ledger.record(row) }
            try await ledger.flush()
            try expectEqual(try await ledger.rows(from: noon, to: noon + .seconds(10)), rows, "rows")
        },
        LedgerCheck(description: "Rows are found by their time: from the start on, before the end") { make in
            let ledger = try await make { evening }
            for second in 0..<5 { ledger.record(arrival(second)) }
            try await ledger.flush()
            let found = try await ledger.rows(from: noon + .seconds(1), to: noon + .seconds(4))
            try expectEqual(found.map(\.at), (1..<4).map { noon + .seconds($0) }, "times")
        },
        LedgerCheck(description: "Totals are the sums of an hour's rows, apart by scope, upstream and model") { make in
            let ledger = try await make { evening }
            ledger.record(arrival(0, read: 0, write: 1_000))
            ledger.record(arrival(10, read: 1_000))
            ledger.record(arrival(20, read: 1_000, scope: "b"))
            ledger.record(arrival(3_600, read: 1_000))
            ledger.record(ping(30, read: 1_000))
            ledger.record(failed(40))
            try await ledger.flush()
            let totals = try await ledger.totals(from: noon, to: noon + .seconds(7_200))
            try expectEqual(totals.map(\.key.scope), ["a", "b", "a"], "scopes")
            let first = totals[0].totals
            try expectEqual(first.requests, 2, "requests")
            try expectEqual(first.hits, 1, "hits")
            try expectEqual(first.coldStarts, 1, "cold starts")
            try expectEqual(first.causes[.firstSight], 1, "causes")
            try expectEqual(first.usage, Usage(write5m: 1_000, read: 1_000), "tokens")
            try expectEqual(first.pings, 1, "pings")
            try expectEqual(first.pingFailures, 1, "failures")
            try expectEqual(first.pingCost, .usd("0.0051"), "what pings have cost")
            try expectEqual(first.warmWaits.count, 1, "waits")
            let hour = try await ledger.totals(from: noon + .seconds(3_600), to: noon + .seconds(7_200))
            try expectEqual(hour.count, 1, "hours from the second on")
        },
        LedgerCheck(description: "Savings are proven over what was recorded before, also in another batch") { make in
            let ledger = try await make { evening }
            ledger.record(arrival(0, write: 10_000))
            try await ledger.flush()
            ledger.record(ping(285, read: 10_000))
            try await ledger.flush()
            ledger.record(arrival(400, read: 10_000))
            try await ledger.flush()
            ledger.record(arrival(500, read: 10_000))
            try await ledger.flush()
            let totals = try await ledger.totals(from: noon, to: noon + .seconds(3_600))
            // Sonnet 5.5: a write costs 2.50 a million and a read 0.10.
            try expectEqual(totals.map(\.totals.saved), [.usd("0.024")], "saved")
        },
        LedgerCheck(description: "A prefix is another one at another upstream, and of another model") { make in
            let ledger = try await make { evening }
            var elsewhere = ping(285, read: 10_000)
            elsewhere.upstream = "v"
            var other = ping(286, read: 10_000)
            other.model = ModelID("claude-opus-5-5")
            for row in [arrival(0, write: 10_000), elsewhere, other, arrival(400, read: 10_000)] { ledger.record(row) }
            try await ledger.flush()
            let totals = try await ledger.totals(from: noon, to: noon + .seconds(3_600))
            try expectEqual(totals.reduce(USD.zero) { $0 + $1.totals.saved }, .zero, "saved")
        },
        LedgerCheck(description: "A prefix keeps its own lifetime, also in another batch") { make in
            let ledger = try await make { evening }
            let head = CoveredPrefix(key: "00000000000000aa", tokens: 6_000, lifetime: .oneHour)
            for var row in [arrival(0, write: 10_000), ping(285, read: 10_000), arrival(400, read: 10_000)] {
                row.prefixes.insert(head, at: 0)
                ledger.record(row)
                try await ledger.flush()
            }
            let totals = try await ledger.totals(from: noon, to: noon + .seconds(3_600))
            // The head was good for an hour without the ping.
            try expectEqual(totals.map(\.totals.saved), [.usd("0.0096")], "saved")
        },
        LedgerCheck(description: "A row from the future is booked now, and makes nothing that was kept old") { make in
            let ledger = try await make { noon + .seconds(60) }
            ledger.record(arrival(0, write: 10_000))
            try await ledger.flush()
            ledger.record(arrival(400 * 86_400, read: 10_000))
            ledger.record(arrival(30, read: 10_000))
            try await ledger.flush()
            ledger.record(arrival(31, read: 10_000))
            try await ledger.flush()
            let rows = try await ledger.rows(from: .distantPast, to: .distantFuture)
            try expectEqual(rows.map(\.at), [0, 30, 31, 60].map { noon + .seconds($0) }, "times")
        },
        LedgerCheck(description: "A healthy ledger has no obstacle, and flushing nothing is no work") { make in
            let ledger = try await make { evening }
            try await ledger.flush()
            try expectEqual(ledger.obstacle, nil, "obstacle")
            try expectEqual(try await ledger.rows(from: .distantPast, to: .distantFuture).count, 0, "rows")
        },
        LedgerCheck(description: "Many record at once, and nothing is lost") { make in
            let ledger = try await make { evening }
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<500 { ledger.record(arrival(number, read: 1, scope: "\(task)")) }
                    }
                }
            }
            try await ledger.flush()
            let rows = try await ledger.rows(from: .distantPast, to: .distantFuture)
            try expectEqual(rows.count, 4_000, "rows")
            let totals = try await ledger.totals(from: .distantPast, to: .distantFuture)
            try expectEqual(totals.map(\.totals.requests), Array(repeating: 500, count: 8), "requests by scope")
        },
    ]

    private static let model = ModelID("claude-sonnet-5-5")
    /// Later than all that is recorded.
    private static let evening = noon + .seconds(8 * 3_600)
    private static let prompt = CoveredPrefix(key: "00000000000000bb", tokens: 10_000, lifetime: .fiveMinutes)

    private static func arrival(_ second: Int, read: Int = 0, write: Int = 0, scope: String = "a") -> LedgerRow {
        LedgerRow(
            .arrival, at: noon + .seconds(second), scope: scope, upstream: "u", model: model,
            prefixes: [prompt], lifetime: .fiveMinutes, usage: Usage(write5m: write, read: read), cost: .usd("0.01"),
            cause: write > 0 ? .firstSight : nil,
            timeToFirstToken: .milliseconds(250))
    }

    private static func ping(_ second: Int, read: Int) -> LedgerRow {
        LedgerRow(
            .ping, at: noon + .seconds(second), scope: "a", upstream: "u", model: model, prefixes: [prompt],
            lifetime: .fiveMinutes, usage: Usage(read: read), cost: .usd("0.0001"), reason: "due")
    }

    private static func failed(_ second: Int) -> LedgerRow {
        LedgerRow(
            .ping, outcome: .failed, at: noon + .seconds(second), scope: "a", upstream: "u", model: model,
            lifetime: .fiveMinutes, cost: .usd("0.005"), reason: "lost")
    }

    private static let full = LedgerRow(
        .ping, at: noon, scope: "größe 'x'", upstream: "anthropic", model: ModelID("claude-opus-5-5"),
        prefixes: [
            CoveredPrefix(key: "0123456789abcdef", tokens: 7, lifetime: .oneHour),
            CoveredPrefix(key: "fedcba9876543210", tokens: 9, lifetime: .fiveMinutes),
        ],
        lifetime: .oneHour, choseHour: true,
        usage: Usage(input: 1, write5m: 2, write1h: 3, read: 4, output: 5), cost: USD(picodollars: 123_456_789),
        cause: .evictedEarly, timeToFirstToken: .nanoseconds(1_234_567), reason: "it pays",
        expectedValue: USD(picodollars: -5))

    private static let bare = LedgerRow(
        .arrival, at: noon + .seconds(1), scope: "b", upstream: "u", model: ModelID("m"), lifetime: .fiveMinutes)
}
