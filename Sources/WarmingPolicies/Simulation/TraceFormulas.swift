public import PromptCache

/// Policies that are compared against and that no schedule follows, by closed formulas over the gaps.
public enum TraceFormulas {
    /// One lifetime, and as many pings after each request as what it waits for says.
    public static func pingsByAwaits(
        _ trace: Trace, lifetime: Lifetime, prices: PriceRatios, pings: (Awaits) -> Int
    ) -> SimulationResult {
        let spacing = lifetime.usualSpacing
        return each(trace) { before, request, gap in
            let sent = min(pings(before.awaits), gap.pings(every: spacing))
            let lives = spacing * sent + lifetime.duration
            return (sent, request.map { _ in gap.isAtMost(lives) } ?? false)
        } cost: { request, isWarm in
            cost(request, isWarm, write: prices.write(lifetime), prices)
        } ping: {
            prices.read * $0.cached + PriceRatios.pingOverhead
        }
    }

    /// Writes for five minutes, and the one ping after 285 s bears a one-hour breakpoint that keeps everything.
    ///
    /// Only where the provider keeps whole entries; see ``GrowingOptimum/Model``.
    public static func upgradingPing(_ trace: Trace, prices: PriceRatios) -> SimulationResult {
        let first = Lifetime.fiveMinutes.usualSpacing
        return each(trace) { _, _, gap in
            let isPinged = !gap.isAtMost(first)
            return (isPinged ? 1 : 0, !isPinged || gap.isAtMost(first + Lifetime.oneHour.duration))
        } cost: { request, isWarm in
            cost(request, isWarm, write: prices.write5m, prices)
        } ping: {
            prices.read * $0.cached + PriceRatios.pingOverhead
        }
    }

    private static func cost(
        _ request: TraceRequest, _ isWarm: Bool, write: Double, _ prices: PriceRatios
    ) -> (read: Double, write: Double) {
        isWarm
            ? (prices.read * Double(request.prefixTokens), write * Double(request.newTokens))
            : (0, write * request.sent)
    }

    private static func each(
        _ trace: Trace,
        gap decide: (_ before: TraceRequest, _ request: TraceRequest?, Gap) -> (pings: Int, isWarm: Bool),
        cost: (TraceRequest, _ isWarm: Bool) -> (read: Double, write: Double), ping: (TraceRequest) -> Double
    ) -> SimulationResult {
        var result = SimulationResult()
        func pinged(_ count: Int, after request: TraceRequest, trailing: Bool) {
            result.pings += count
            result.pingCost += Double(count) * ping(request)
            if trailing { result.trailingCost += Double(count) * ping(request) }
        }
        for scope in trace.byScope {
            for (index, request) in scope.enumerated() {
                var isWarm = false
                if index > 0 {
                    let before = scope[index - 1]
                    let decision = decide(before, request, Gap(from: before, to: request))
                    pinged(decision.pings, after: before, trailing: false)
                    isWarm = decision.isWarm && request.readsPrefix
                }
                let price = cost(request, isWarm)
                result.reads += price.read
                result.writes += price.write
                if !isWarm { result.coldStarts += 1 }
            }
            guard let last = scope.last else { continue }
            var end = last
            // Pings on the end itself count where prefixes are constant.
            end.start = trace.end(lastArrival: last.start) + .nanoseconds(trace.isGrowing ? 0 : 1)
            pinged(decide(last, nil, Gap(from: last, to: end)).pings, after: last, trailing: true)
        }
        return result
    }
}
