import CachePrices
import PromptCache
import WarmingPolicies

extension LedgerRow {
    /// A finished or refused ping of an entry.
    init(_ tick: Tick, of entry: WarmEntry) {
        let outcome: Outcome
        var cause: MissCause?
        var reason = tick.reason
        switch tick.outcome {
        case .pinged(_, let found):
            outcome = .answered
            cause = found
        case .failed(let why):
            outcome = .failed
            reason += "; failed: \(why)"
        case .refused(let why):
            outcome = .refused
            reason += "; refused: \(why)"
        }
        self.init(
            .ping, outcome: outcome, at: tick.at.wall, scope: tick.scope, upstream: entry.terms.upstream,
            model: tick.model, prefixes: entry.covered(entry.lifetime), lifetime: entry.lifetime,
            choseHour: tick.choseHour,
            usage: tick.usage.totalInput > 0 ? tick.usage : nil, cost: tick.cost,
            cause: cause, timeToFirstToken: tick.latency, reason: reason,
            expectedValue: tick.expectedValue)
    }

    /// A request of the user's that has touched a scope.
    ///
    /// - Parameters:
    ///   - arrival: what was told of it.
    ///   - wall: when it began, by the time of day.
    ///   - entries: the scope's, as they were before the request, the last breakpoint's first; not empty.
    init(_ arrival: Inbox.Arrival, wall: Moment, of entries: [WarmEntry]) {
        let usage = arrival.usage
        let last = entries[0]
        let target = last.plan.target
        let missed = usage.map { $0.read == 0 } ?? false
        let lifetime = last.lifetime(of: usage)
        self.init(
            .arrival, at: wall, scope: last.name, upstream: last.terms.upstream, model: target.model,
            prefixes: last.covered(lifetime), lifetime: lifetime, choseHour: usage.map(last.choseHour) ?? false,
            usage: usage,
            cost: usage.map { target.price.cost(of: $0, modifiers: target.modifiers).total },
            cause: missed ? usage.flatMap { last.missCause(arrivalAt: arrival.at, $0) } : nil,
            timeToFirstToken: arrival.timeToFirstToken)
    }
}

extension WarmEntry {
    /// The prefixes that its requests go through, all for one lifetime where that is ours to choose.
    fileprivate func covered(_ lifetime: Lifetime) -> [CoveredPrefix] {
        guard terms.choosesLifetime else { return plan.covered }
        return plan.covered.map { CoveredPrefix(key: $0.key, tokens: $0.tokens, lifetime: lifetime) }
    }
}

extension PrefixPlan {
    /// The prefixes that its requests go through.
    fileprivate var covered: [CoveredPrefix] {
        earlier.map(CoveredPrefix.init)
            + [CoveredPrefix(key: CoveredPrefix.digits(of: key), tokens: estimatedTokens, lifetime: lifetime)]
    }
}
