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
        case arrival(_ at: Int, read: Int, scope: String = "a", heads: [CoveredPrefix] = [])
        case ping(_ at: Int, tokens: Int, scope: String = "a", heads: [CoveredPrefix] = [], isWhole: Bool = true)
        case lost(_ at: Int)
    }

    private func row(_ event: Event, _ lifetime: Lifetime) -> LedgerRow {
        switch event {
        case .arrival(let at, let read, let scope, let heads):
            LedgerRow(
                .arrival, at: Self.start + .seconds(at), scope: scope, upstream: "u", model: Self.model,
                prefixes: heads,
                lifetime: lifetime, usage: read > 0 ? Usage(read: read) : Usage(write5m: 10_000))
        case .ping(let at, let tokens, let scope, let heads, let isWhole):
            LedgerRow(
                .ping, at: Self.start + .seconds(at), scope: scope, upstream: "u", model: Self.model, prefixes: heads,
                isWhole: isWhole, lifetime: lifetime, usage: Usage(read: tokens))
        case .lost(let at):
            LedgerRow(
                .ping, outcome: .failed, at: Self.start + .seconds(at), scope: "a", upstream: "u", model: Self.model,
                lifetime: lifetime)
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

    @Test("A head that arrivals of another scope keep warm is nobody's saving")
    func sharedHead() {
        let head = CoveredPrefix(key: "head", tokens: 6_000)
        let a = [head, CoveredPrefix(key: "a", tokens: 10_000)]
        let b = [head, CoveredPrefix(key: "b", tokens: 9_000)]
        let events = [
            Event.arrival(0, read: 0, heads: a), .ping(285, tokens: 10_000, heads: a),
            .arrival(350, read: 6_000, scope: "b", heads: b), .arrival(400, read: 10_000, heads: a),
        ]
        // The arrival of b read the head, which only its own ping could have kept: that is not claimed; a gets the rest.
        #expect(saved(events) == Self.perToken * 4_000)
    }

    @Test("A ping of a head is credited to whichever scope comes first, once")
    func pingedHead() {
        let head = CoveredPrefix(key: "head", tokens: 6_000)
        let events = [
            Event.ping(0, tokens: 6_000, scope: "heads", heads: [head]),
            .arrival(200, read: 6_000, scope: "b", heads: [head, CoveredPrefix(key: "b", tokens: 9_000)]),
            .arrival(210, read: 6_000, scope: "c", heads: [head, CoveredPrefix(key: "c", tokens: 9_000)]),
        ]
        #expect(saved(events) == Self.perToken * 6_000)
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
}
