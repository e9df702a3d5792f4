public import PromptCache

/// The least that a scope's requests could have cost, had all gaps been known.
///
/// For prefixes of constant size an exact dynamic programme over what is held: five minutes, an hour or nothing.
///
/// ```
/// keep k over a gap   ⌈gap / lifetime⌉ − 1 pings, then a read          let go   the cheapest so far, then a write
/// ```
/// For growing conversations see ``GrowingOptimum``.
public enum Clairvoyant {
    /// The optimum of a trace, with the cold starts and pings of the cheapest plan.
    public static func optimum(_ trace: Trace, prices: PriceRatios) -> SimulationResult {
        trace.byScope.reduce(into: SimulationResult()) { sum, scope in
            sum +=
                trace.isGrowing
                ? GrowingOptimum(prices: prices, model: .segments).cheapest(scope) : constant(scope, prices: prices)
        }
    }

    /// A way to have come so far, and what it has cost.
    private struct Plan {
        var result = SimulationResult()

        func writing(_ tokens: Double, at price: Double) -> Plan {
            var plan = self
            plan.result.writes += price * tokens
            plan.result.coldStarts += 1
            return plan
        }

        func keeping(_ pings: Int, _ before: TraceRequest, _ request: TraceRequest, _ prices: PriceRatios) -> Plan {
            var plan = self
            plan.result.pings += pings
            plan.result.pingCost += Double(pings) * (prices.read * before.cached + PriceRatios.pingOverhead)
            plan.result.reads += prices.read * request.sent
            return plan
        }
    }

    /// The optimum of one scope's requests, of which there is at least one, whose prefix does not grow.
    static func constant(_ requests: [TraceRequest], prices: PriceRatios) -> SimulationResult {
        let options = Lifetime.allCases.map { ($0, prices.write($0)) }
        func cheaper(_ a: Plan, _ b: Plan) -> Plan { b.result.cost < a.result.cost ? b : a }
        // Holding each lifetime, and nothing.
        var plans = [Plan](repeating: Plan(), count: options.count + 1)
        for (index, request) in requests.enumerated() {
            let best = plans.dropFirst().reduce(plans[0], cheaper)
            var next = options.map { best.writing(request.sent, at: $0.1) }
            next.append(best.writing(request.sent, at: 1))
            if index > 0 {
                let before = requests[index - 1]
                for (option, (lifetime, _)) in options.enumerated() {
                    let pings = Gap(from: before, to: request).pingsToKeep(lifetime)
                    next[option] = cheaper(next[option], plans[option].keeping(pings, before, request, prices))
                }
            }
            plans = next
        }
        return plans.dropFirst().reduce(plans[0], cheaper).result
    }

    /// The optimum if every write of a scope is for one lifetime and only pings are chosen.
    public static func oneLifetime(_ scope: [TraceRequest], _ lifetime: Lifetime, prices: PriceRatios) -> Double {
        let write = prices.write(lifetime)
        return scope.enumerated().reduce(0) { sum, next in
            let (index, request) = next
            let cold = write * request.sent
            guard index > 0 else { return cold }
            let before = scope[index - 1]
            let pings = Double(Gap(from: before, to: request).pingsToKeep(lifetime))
            let kept =
                pings * (prices.read * before.cached + PriceRatios.pingOverhead)
                + prices.read * Double(request.prefixTokens) + write * Double(request.newTokens)
            return sum + min(kept, cold)
        }
    }
}

/// The time between two requests of a scope.
struct Gap {
    let nanoseconds: Int64

    init(from first: TraceRequest, to second: TraceRequest) {
        nanoseconds = second.start.nanosecondsSince1970 - first.start.nanosecondsSince1970
    }

    /// How many pings, a spacing apart, fall strictly within it.
    func pings(every spacing: Duration) -> Int {
        guard nanoseconds > 0 else { return 0 }
        return Int((nanoseconds - 1) / spacing.nanoseconds)
    }

    /// How many pings, each as late as may be, keep an entry over it: ⌈gap / lifetime⌉ − 1.
    func pingsToKeep(_ lifetime: Lifetime) -> Int { pings(every: lifetime.duration) }

    func isAtMost(_ duration: Duration) -> Bool { nanoseconds <= duration.nanoseconds }
}
