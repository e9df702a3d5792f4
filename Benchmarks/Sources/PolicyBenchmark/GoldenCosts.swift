import PromptCache
import WarmingPolicies

/// What the simulator says of a policy under the name that `golden.csv` has for it.
enum GoldenCosts {
    private static let names = [
        "240s-forever": "every:240s@5m", "5m": "off@5m", "1h": "off@1h", "5m-skirental11": "break-even@5m",
        "1h-skirental19": "break-even@1h", "uncached": "uncached",
    ]

    static func result(_ policy: String, _ trace: Trace, _ prices: PriceRatios) throws -> (
        cost: Double, SimulationResult?
    ) {
        func sum(_ scopes: ([TraceRequest]) -> Double) -> (Double, SimulationResult?) {
            (trace.byScope.reduce(0) { $0 + scopes($1) }, nil)
        }
        func one(_ lifetime: Lifetime, _ scope: [TraceRequest]) -> Double {
            Clairvoyant.oneLifetime(scope, lifetime, prices: prices)
        }
        switch policy {
        case "optimum", "clairvoyant-mixed-segment": return (Clairvoyant.optimum(trace, prices: prices).cost, nil)
        case "clairvoyant-5m": return sum { one(.fiveMinutes, $0) }
        case "clairvoyant-1h": return sum { one(.oneHour, $0) }
        case "clairvoyant-class-per-scope": return sum { min(one(.fiveMinutes, $0), one(.oneHour, $0)) }
        case "clairvoyant-mixed-entry-optimistic":
            return sum { GrowingOptimum(prices: prices, model: .entries).cheapest($0).cost }
        case "5m-human3-tool5":
            let result = TraceFormulas.pingsByAwaits(trace, lifetime: .fiveMinutes, prices: prices) {
                $0 == .tool ? 5 : $0 == .human ? 3 : 4
            }
            return (result.cost, result)
        case "5m-upgrade-ping-optimistic":
            let result = TraceFormulas.upgradingPing(trace, prices: prices)
            return (result.cost, result)
        default:
            let result = Simulation(trace, prices: prices).run(try WarmPolicy(name(policy)))
            return (result.cost, result)
        }
    }

    /// `5m-N2` pings every 295 s, `5m-m2` and `1h-m2` as usual.
    private static func name(_ policy: String) -> String {
        if let name = names[policy] { return name }
        let parts = policy.split(separator: "-")
        guard parts.count == 2, let kind = parts[1].first else { return policy }
        return "idle:\(parts[1].dropFirst())\(kind == "N" ? "/295s" : "")@\(parts[0])"
    }
}
