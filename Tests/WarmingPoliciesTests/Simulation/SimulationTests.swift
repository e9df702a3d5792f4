import PromptCache
import SteppedTime
import Testing
import WarmingPolicies

@Suite struct SimulationTests {
    private static let fixed: [(name: String, lifetime: Int, spacing: Int, pings: Int)] = [
        ("off@5m", 300, 285, 0), ("off@1h", 3600, 3540, 0), ("idle:1@5m", 300, 285, 1), ("idle:2/295s@5m", 300, 295, 2),
        ("idle:5@5m", 300, 285, 5), ("idle:2@1h", 3600, 3540, 2), ("break-even@5m", 300, 285, 11),
        ("break-even@1h", 3600, 3540, 19), ("every:240s@5m", 300, 240, 1_000_000),
    ]

    @Test(arguments: [false, true])
    func `a policy costs what counting gap by gap gives`(growing: Bool) throws {
        var generator = TraceGenerator(seed: growing ? 1 : 2)
        let reference = TinyReference(growing: growing)
        for _ in 0..<40 {
            let scopes = (0..<3).map { generator.scope(requests: 25, growing: growing, start: $0 * 100) }
            let end =
                (scopes.compactMap(\.last?.time).max() ?? 0) + [0, 285, 7080, 10_000].randomElement(
                    using: &generator.random)!
            let trace = TinyReference.trace(scopes, growing: growing, end: end)
            for policy in Self.fixed {
                let result = Simulation(trace, prices: .usual).run(try WarmPolicy(policy.name))
                let expected = scopes.map {
                    reference.cost(
                        $0, lifetime: policy.lifetime, spacing: policy.spacing, pings: policy.pings, end: end)
                }
                #expect(abs(result.cost - expected.reduce(0) { $0 + $1.cost }) < 1e-3, "\(policy.name)")
                #expect(result.coldStarts == expected.reduce(0) { $0 + $1.cold }, "\(policy.name)")
                #expect(result.pings == expected.reduce(0) { $0 + $1.pings }, "\(policy.name)")
            }
        }
    }

    @Test func `uncached sends everything at the input price`() {
        let trace = TinyReference.trace(
            [[.init(time: 0, prefix: 100, new: 0), .init(time: 9, prefix: 100, new: 0)]], growing: false, end: 9)
        let result = Simulation(trace, prices: .usual).run(.uncached)
        #expect(result.cost == 200)
        #expect(result.coldStarts == 2)
        #expect(result.pings == 0)
    }

    @Test func `the optimum is what trying every plan gives`() {
        var generator = TraceGenerator(seed: 3)
        for _ in 0..<60 {
            let rows = generator.scope(requests: 7, growing: false)
            let sized = rows.map { TinyReference.Row(time: $0.time, prefix: rows[0].prefix, new: 0) }
            let trace = TinyReference.trace([sized], growing: false, end: 0)
            let optimum = Clairvoyant.optimum(trace, prices: .usual).cost
            #expect(abs(optimum - TinyReference(growing: false).cheapestByTrying(sized)) < 1e-6)
        }
    }

    @Test(arguments: [false, true])
    func `no policy costs less than the optimum`(growing: Bool) throws {
        var generator = TraceGenerator(seed: growing ? 4 : 5)
        for _ in 0..<40 {
            let scopes = (0..<3).map { generator.scope(requests: 25, growing: growing, start: $0 * 100) }
            let trace = TinyReference.trace(scopes, growing: growing, end: 0)
            for read in [0.1, 0.05, 0.025] {
                let prices = PriceRatios(read: read)
                let optimum = Clairvoyant.optimum(trace, prices: prices)
                for policy in Self.fixed.map(\.name) + ["adaptive"] {
                    // A growing conversation's optimum caches everything; the adaptive policy may not.
                    if growing, policy == "adaptive" { continue }
                    #expect(Simulation(trace, prices: prices).run(try WarmPolicy(policy)).cost >= optimum.cost - 1e-6)
                }
            }
        }
    }

    @Test func `with one lifetime only pings are chosen, and mixing is never dearer`() {
        var generator = TraceGenerator(seed: 6)
        for _ in 0..<30 {
            let trace = TinyReference.trace([generator.scope(requests: 30, growing: true)], growing: true, end: 0)
            let scope = trace.byScope[0]
            let single = Lifetime.allCases.map { Clairvoyant.oneLifetime(scope, $0, prices: .usual) }
            let mixed = GrowingOptimum(prices: .usual, model: .segments).cheapest(scope).cost
            let entries = GrowingOptimum(prices: .usual, model: .entries).cheapest(scope).cost
            #expect(mixed <= (single.min() ?? 0) + 1e-6)
            #expect(entries <= mixed + 1e-6)
        }
    }

    @Test func `formulas agree with the replay`() throws {
        var generator = TraceGenerator(seed: 7)
        let trace = TinyReference.trace([generator.scope(requests: 200, growing: true)], growing: true, end: 9_000_000)
        for pings in [0, 3] {
            let formula = TraceFormulas.pingsByAwaits(trace, lifetime: .fiveMinutes, prices: .usual) { _ in pings }
            let replay = Simulation(trace, prices: .usual).run(try .idle(pings: pings, lifetime: .fiveMinutes))
            #expect(abs(formula.cost - replay.cost) < 1e-3)
            #expect(formula.pings == replay.pings)
            #expect(formula.coldStarts == replay.coldStarts)
            #expect(formula.trailingCost == replay.trailingCost)
        }
    }

    @Test func `pings end where the trace's horizon says`() throws {
        let rows = [TinyReference.Row(time: 0, prefix: 100, new: 0)]
        func pings(_ horizon: Trace.Horizon) throws -> Int {
            let trace = Trace(requests: TinyReference.trace([rows], growing: false, end: 0).requests, horizon: horizon)
            return Simulation(trace, prices: .usual).run(try WarmPolicy("every:100s@5m")).pings
        }
        #expect(try pings(.lastArrival) == 0)
        #expect(try pings(.until(Moment(nanosecondsSince1970: 1_000_000_000_000))) == 10)
        #expect(try pings(.after(.seconds(999))) == 9)
    }

    @Test func `a million requests of one scope are no matter`() {
        let start = Moment(secondsSince1970: 1_790_000_000)
        let requests = (0..<1_000_000).map {
            TraceRequest(start: start + .seconds($0 * 60), scope: 0, prefixTokens: 1000)
        }
        let result = Simulation(Trace(requests: requests), prices: .tenth).run(.off(.fiveMinutes))
        #expect(result.coldStarts == 1)
        #expect(abs(result.cost - (1250 + 999_999 * 100)) < 1)
    }

    @Test func `years between requests are no matter`() throws {
        let year = 365 * 86_400
        let rows = (0..<20).map { TinyReference.Row(time: $0 * year, prefix: 1000, new: 0) }
        let trace = TinyReference.trace([rows], growing: false, end: 0)
        let result = Simulation(trace, prices: .usual).run(.adaptive)
        #expect(result.coldStarts == 20)
        #expect(result.cost <= 3.3 * Clairvoyant.optimum(trace, prices: .usual).cost + 10_000)
    }
}
