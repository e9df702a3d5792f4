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
    ///   - usage: what its response said; nil if nobody has told.
    ///   - entries: the scope's, as they were before the request, the last breakpoint's first; not empty.
    init(arrivalAt start: Moment, wall: Moment, usage: Usage?, of entries: [WarmEntry]) {
        let last = entries[0]
        let target = last.plan.target
        let missed = usage.map { $0.read == 0 } ?? false
        let lifetime = last.lifetime(of: usage)
        self.init(
            .arrival, at: wall, scope: last.name, upstream: last.terms.upstream, model: target.model,
            prefixes: last.covered(lifetime), lifetime: lifetime, choseHour: usage.map(last.choseHour) ?? false,
            usage: usage,
            cost: usage.map { target.price.cost(of: $0, modifiers: target.modifiers).total },
            cause: missed ? usage.flatMap { last.missCause(arrivalAt: start, $0) } : nil)
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
