import PromptCache
import WarmingPolicies

/// What matters of a trace for warming, in numbers.
public struct TrafficFacts: Hashable, Sendable {
    public var requests = 0
    public var scopes = 0
    /// From the first request to the last, in days.
    public var days = 0.0
    /// The tokens that half of the requests have at most.
    public var medianTokens = 0
    /// Scopes with a single request.
    public var neverReturned = 0
    /// Requests that came after their scope had been idle for more than 5 minutes, an hour, three hours.
    public var after5m = 0
    public var after1h = 0
    public var after3h = 0
    /// What these pay for writing again, over what reading would have cost, with entries of 5 minutes and no pings; in
    /// tokens at the input price.
    public var idleCost = 0.0

    init(_ trace: Trace, _ prices: PriceRatios) {
        let byScope = trace.byScope
        requests = trace.requests.count
        scopes = byScope.count
        if let first = trace.requests.first, let last = trace.requests.last {
            days = (last.start - first.start) / .seconds(86_400)
        }
        medianTokens = trace.requests.map(\.cachedTokens).sorted().dropFirst(requests / 2).first ?? 0
        neverReturned = byScope.count { $0.count == 1 }
        for scope in byScope {
            for (before, request) in zip(scope, scope.dropFirst()) {
                let gap = request.start - before.start
                guard gap > Lifetime.fiveMinutes.duration else { continue }
                after5m += 1
                if gap > Lifetime.oneHour.duration { after1h += 1 }
                if gap > .seconds(3 * 3600) { after3h += 1 }
                idleCost += prices.missCost(.fiveMinutes) * Double(request.prefixTokens)
            }
        }
    }
}
