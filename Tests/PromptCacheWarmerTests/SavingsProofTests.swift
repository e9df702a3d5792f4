import CachePrices
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmingPolicies

@Suite("Savings are claimed only where they are proven")
struct SavingsProofTests {
    private static let start = Moment(secondsSince1970: 1_781_524_800)
    private static let model = ModelID("claude-sonnet-5-5")
    /// Sonnet 5.5: a write for 5 minutes costs 2.50 a million, one for an hour 4.00, a read 0.10.
    private static let perToken = USD(picodollars: 2_400_000)
    private static let perHourToken = USD(picodollars: 3_900_000)

    private enum Event {
        case arrival(_ at: Int, read: Int, scope: String = "a", through: [CoveredPrefix]? = nil)
        case ping(_ at: Int, tokens: Int, scope: String = "a", through: [CoveredPrefix]? = nil)
        case lost(_ at: Int)
    }

    private static func prefix(_ key: String, _ tokens: Int, _ lifetime: Lifetime = .fiveMinutes) -> CoveredPrefix {
        CoveredPrefix(key: key, tokens: tokens, lifetime: lifetime)
    }

    /// A scope's one prefix has 10,000 tokens and the scope's name for its key, unless others are named.
    private func row(_ event: Event, _ lifetime: Lifetime) -> LedgerRow {
        func make(_ kind: LedgerRow.Kind, _ at: Int, _ scope: String, _ prefixes: [CoveredPrefix]?) -> LedgerRow {
            LedgerRow(
                kind, at: Self.start + .seconds(at), scope: scope, upstream: "u", model: Self.model,
                prefixes: prefixes ?? [Self.prefix(scope, 10_000, lifetime)], lifetime: lifetime)
        }
        switch event {
        case .arrival(let at, let read, let scope, let prefixes):
            var row = make(.arrival, at, scope, prefixes)
            row.usage = read > 0 ? Usage(read: read) : Usage(write5m: 10_000)
            return row
        case .ping(let at, let tokens, let scope, let prefixes):
            var row = make(.ping, at, scope, prefixes)
            row.usage = Usage(read: tokens)
            return row
        case .lost(let at):
            var row = make(.ping, at, "a", nil)
            row.outcome = .failed
            return row
        }
    }

    private func saved(_ events: [Event], lifetime: Lifetime = .fiveMinutes) -> USD {
        var proof = SavingsProof(prices: .builtIn)
        return events.reduce(.zero) { $0 + proof.add(row($1, lifetime)) }
    }

    @Test("An arrival that reads what a ping has kept over a longer gap is credited with a write less a read")
    func credited() {
        let events = [Event.arrival(0, read: 0), .ping(285, tokens: 10_000), .arrival(400, read: 10_000)]
        #expect(saved(events) == Self.perToken * 10_000)
        let hour = [Event.arrival(0, read: 0), .ping(3_540, tokens: 10_000), .arrival(4_000, read: 10_000)]
        #expect(saved(hour, lifetime: .oneHour) == Self.perHourToken * 10_000)
    }

    @Test("Many pings in one gap are credited once, and so are many arrivals behind it")
    func once() {
        let pings = (1...4).map { Event.ping($0 * 285, tokens: 10_000) }
        let arrivals = [
            Event.arrival(1_200, read: 10_000), .arrival(1_210, read: 10_000), .arrival(1_450, read: 10_000),
        ]
        #expect(saved([.arrival(0, read: 0)] + pings + arrivals) == Self.perToken * 10_000)
    }

    @Test("Nothing is claimed without proof")
    func unproven() {
        // The arrival before would have kept it.
        #expect(saved([.arrival(0, read: 0), .ping(200, tokens: 10_000), .arrival(300, read: 10_000)]) == .zero)
        // The arrival did not read.
        #expect(saved([.arrival(0, read: 0), .ping(285, tokens: 10_000), .arrival(400, read: 0)]) == .zero)
        // The ping had touched it too long ago: somebody else keeps it.
        #expect(saved([.arrival(0, read: 0), .ping(285, tokens: 10_000), .arrival(586, read: 10_000)]) == .zero)
        // No ping at all, or one that got no answer.
        #expect(saved([.arrival(0, read: 0), .arrival(400, read: 10_000)]) == .zero)
        #expect(saved([.arrival(0, read: 0), .lost(285), .arrival(400, read: 10_000)]) == .zero)
        // A ping of another scope.
        #expect(
            saved([.arrival(0, read: 0), .ping(285, tokens: 10_000, scope: "b"), .arrival(400, read: 10_000)]) == .zero)
        // A ping that began after the arrival, though it was recorded before.
        #expect(saved([.arrival(0, read: 0), .ping(401, tokens: 10_000), .arrival(400, read: 10_000)]) == .zero)
    }

    @Test("At most what the ping has refreshed, and at most what was read")
    func bounded() {
        #expect(saved([.ping(0, tokens: 4_000), .arrival(100, read: 10_000)]) == Self.perToken * 4_000)
        #expect(saved([.ping(0, tokens: 10_000), .arrival(100, read: 4_000)]) == Self.perToken * 4_000)
    }

    private static let head = prefix("head", 6_000)
    private static let a = [head, prefix("a", 10_000)]
    private static let b = [head, prefix("b", 9_000)]

    @Test("A head that arrivals of another scope keep warm is nobody's saving")
    func sharedHead() {
        let events = [
            Event.arrival(0, read: 0, through: Self.a), .arrival(200, read: 6_000, scope: "b", through: Self.b),
            .ping(285, tokens: 10_000, through: Self.a), .arrival(400, read: 10_000, through: Self.a),
        ]
        #expect(saved(events) == Self.perToken * 4_000)
    }

    @Test(
        "A ping goes through heads too: whichever scope reads one first is credited with it, and the rest with the rest"
    )
    func headOfAPing() {
        let events = [
            Event.arrival(0, read: 0, through: Self.a), .ping(285, tokens: 10_000, through: Self.a),
            .arrival(350, read: 6_000, scope: "b", through: Self.b), .arrival(400, read: 10_000, through: Self.a),
        ]
        #expect(saved(Array(events.dropLast())) == Self.perToken * 6_000)
        #expect(saved(events) == Self.perToken * 10_000)
    }

    @Test("A ping of a head alone is credited to whichever scope comes first, once")
    func pingedHead() {
        let events = [
            Event.ping(0, tokens: 6_000, scope: "heads", through: [Self.head]),
            .arrival(200, read: 6_000, scope: "b", through: Self.b),
            .arrival(210, read: 6_000, scope: "c", through: [Self.head, Self.prefix("c", 9_000)]),
        ]
        #expect(saved(events) == Self.perToken * 6_000)
    }

    @Test("Each prefix lives as long as its own marker asks for, and is priced so")
    func mixedLifetimes() {
        let both = [Self.prefix("head", 6_000, .oneHour), Self.prefix("tail", 10_000)]
        let soon = [
            Event.arrival(0, read: 0, through: both), .ping(285, tokens: 10_000, through: both),
            .arrival(400, read: 10_000, through: both),
        ]
        #expect(saved(soon) == Self.perToken * 4_000)
        let pings = (1...14).map { Event.ping($0 * 285, tokens: 10_000, through: both) }
        let late = [.arrival(0, read: 0, through: both)] + pings + [.arrival(4_000, read: 10_000, through: both)]
        #expect(saved(late) == Self.perHourToken * 6_000 + Self.perToken * 4_000)
    }

    @Test("When a scope's prompt was replaced, neither what warmed the old one nor who used it counts for the new one")
    func replaced() {
        let old = [Self.prefix("old", 10_000)]
        let new = [Self.prefix("new", 10_000)]
        let credited = [
            Event.arrival(0, read: 0, through: old), .ping(285, tokens: 10_000, through: old),
            .arrival(400, read: 10_000, through: new),
        ]
        #expect(saved(credited) == .zero)
        let kept = [
            Event.arrival(0, read: 0, through: new), .ping(285, tokens: 10_000, through: new),
            .arrival(390, read: 10_000, through: old), .arrival(400, read: 10_000, through: new),
        ]
        #expect(saved(kept) == Self.perToken * 10_000)
    }

    @Test("The same key at another upstream or of another model is another prefix")
    func elsewhere() {
        for change in [{ $0.upstream = "v" }, { $0.model = ModelID("claude-opus-5-5") }] as [(inout LedgerRow) -> Void]
        {
            var proof = SavingsProof(prices: .builtIn)
            var ping = row(.ping(285, tokens: 10_000), .fiveMinutes)
            change(&ping)
            let rows = [row(.arrival(0, read: 0), .fiveMinutes), ping, row(.arrival(400, read: 10_000), .fiveMinutes)]
            #expect(rows.map { proof.add($0) } == [.zero, .zero, .zero])
        }
    }

    @Test("What a ping has counted corrects what was estimated of shorter prefixes")
    func corrected() {
        let estimated = [Self.prefix("head", 3_000, .oneHour), Self.prefix("tail", 5_000)]
        let events = [
            Event.arrival(0, read: 0, through: estimated), .ping(285, tokens: 10_000, through: estimated),
            .arrival(400, read: 10_000, through: estimated),
        ]
        #expect(saved(events) == Self.perToken * 4_000)
    }

    @Test("An hour that warming chose is weighed against the five minutes that it would have been")
    func chosenHour() {
        var proof = SavingsProof(prices: .builtIn)
        let rows = [Event.arrival(0, read: 0), .ping(3_540, tokens: 10_000), .arrival(3_700, read: 10_000)].map {
            var row = row($0, .oneHour)
            row.choseHour = true
            return row
        }
        #expect(rows.map { proof.add($0) } == [.zero, .zero, Self.perToken * 10_000])
    }

    @Test("A model without a price saves nothing that could be counted")
    func unpriced() {
        var proof = SavingsProof(prices: .empty)
        let events = [Event.arrival(0, read: 0), .ping(285, tokens: 10_000), .arrival(400, read: 10_000)]
        #expect(events.allSatisfy { proof.add(row($0, .fiveMinutes)) == .zero })
    }

    @Test("The premium of an hour that warming chose is what its writes cost more, and no other row has one")
    func premium() {
        let proof = SavingsProof(prices: .builtIn)
        var chosen = row(.arrival(0, read: 0), .oneHour)
        chosen.usage = Usage(write1h: 1_000)
        #expect(proof.premium(of: chosen) == .zero)
        chosen.choseHour = true
        #expect(proof.premium(of: chosen) == USD(picodollars: 1_500_000) * 1_000)
    }

    @Test(
        "What is claimed is what a simulation without pings would have paid more",
        arguments: 1...40 as ClosedRange<UInt64>)
    func agreesWithSimulation(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let tokens = 5_000
        var arrivals: [Int] = []
        var pings: [Int] = []
        var at = 0
        for _ in 0..<60 {
            at += random.pick([5, 40, 250, 310, 500, 900, 4_000])
            arrivals.append(at)
            // Pings every 285 s behind it, as many as chance wills, and never after the next arrival: that is decided later.
            for number in 0..<Int.random(in: 0...4, using: &random) { pings.append(at + (number + 1) * 285) }
        }
        // A ping is dropped where an arrival has come meanwhile.
        pings = pings.filter { ping in
            let last = arrivals.last { $0 < ping } ?? 0
            return (ping - last).isMultiple(of: 285) && !arrivals.contains(ping)
        }
        func cost(of touches: [(at: Int, isArrival: Bool)]) -> (arrivals: USD, rows: [Event]) {
            var warmUntil = -1
            var total = USD.zero
            var rows: [Event] = []
            for touch in touches.sorted(by: { $0.at < $1.at }) {
                let isWarm = touch.at <= warmUntil
                warmUntil = touch.at + 300
                if touch.isArrival {
                    total += USD(picodollars: isWarm ? 100_000 : 2_500_000) * tokens
                    rows.append(.arrival(touch.at, read: isWarm ? tokens : 0))
                } else {
                    rows.append(.ping(touch.at, tokens: tokens))
                }
            }
            return (total, rows)
        }
        let with = cost(of: arrivals.map { ($0, true) } + pings.map { ($0, false) })
        let without = cost(of: arrivals.map { ($0, true) })
        #expect(saved(with.rows) == without.arrivals - with.arrivals)
    }

    // MARK: Heads, scopes and lifetimes at random

    /// A provider's cache of two scopes that share a head; reading a prefix refreshes the shorter ones in it.
    private struct Cache {
        private var until: [String: Int] = [:]

        /// - Returns: what the request read, and its cost to the last unit.
        mutating func touch(_ prefixes: [CoveredPrefix], at: Int) -> (read: Int, cost: USD) {
            let read = prefixes.filter { until[$0.key].map { $0 >= at } ?? false }.map(\.tokens).max() ?? 0
            let total = prefixes.map(\.tokens).max() ?? 0
            let hours = prefixes.filter { $0.lifetime == .oneHour }.map(\.tokens).max() ?? 0
            let forHour = max(0, hours - read)
            for prefix in prefixes { until[prefix.key] = at + Int(prefix.lifetime.duration / .seconds(1)) }
            let cost =
                USD(picodollars: 100_000) * read + USD(picodollars: 4_000_000) * forHour
                + USD(picodollars: 2_500_000) * (total - read - forHour)
            return (read, cost)
        }
    }

    @Test(
        "With heads shared between scopes of mixed lifetimes, too, what is claimed is what would have been paid more",
        arguments: 1...60 as ClosedRange<UInt64>)
    func agreesWithSharedCache(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let head = Self.prefix("head", 6_000, random.pick([.fiveMinutes, .oneHour]))
        let scopes = [[head, Self.prefix("a", 10_000)], [head, Self.prefix("b", 9_000)], [head]]
        var at = 0
        let touches = (0..<120).map { _ in
            at += random.pick([1, 40, 250, 299, 300, 301, 900, 3_500, 3_700])
            return (at: at, scope: random.pick([0, 1, 2]), isArrival: random.chance(40))
        }
        var (with, without) = (Cache(), Cache())
        var proof = SavingsProof(prices: .builtIn)
        var (claimed, difference) = (USD.zero, USD.zero)
        for touch in touches {
            let prefixes = scopes[touch.scope]
            let real = with.touch(prefixes, at: touch.at)
            let total = prefixes.map(\.tokens).max() ?? 0
            let event: Event =
                touch.isArrival
                ? .arrival(touch.at, read: real.read, scope: "\(touch.scope)", through: prefixes)
                : .ping(touch.at, tokens: total, scope: "\(touch.scope)", through: prefixes)
            claimed += proof.add(row(event, .fiveMinutes))
            if touch.isArrival { difference += without.touch(prefixes, at: touch.at).cost - real.cost }
        }
        #expect(claimed == difference)
    }
}
