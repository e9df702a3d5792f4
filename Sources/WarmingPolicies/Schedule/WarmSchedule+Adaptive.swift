public import PromptCache

extension WarmSchedule {
    /// For which lifetime to mark a request that will not find its prefix cached; nil for not marking it at all.
    ///
    /// The policy's lifetime, or the one that the adaptive policy expects to be cheapest over all requests to come. Tell
    /// the arrival first. Where the client sets its own markers there is nothing to choose, and only pings are decided.
    public func lifetimeToWrite(prices: PriceRatios, shared: SharedStatistics) -> Lifetime? {
        guard policy.isAdaptive else { return policy.lifetime }
        guard let learned, !learned.isSubAgent else { return .fiveMinutes }
        if learned.safety.isFollowed { return SafePolicy.lifetime }
        return learned.lifetimeChoice(prices: prices, latency: policy.latency, shared: shared).lifetime
    }

    /// Tells what a request or a ping of the scope has cost, where its lifetime is ours to choose: then the cost stays
    /// within 3.3 times the least possible and a constant, whatever the traffic does.
    ///
    /// - Parameter tokens: the cost in tokens at the input price, as ``PriceRatios`` has it.
    public mutating func paid(_ tokens: Double) {
        guard let prefix = learned?.tokens else { return }
        learned?.safety.pay(tokens, prefix: prefix)
    }
}

extension WarmSchedule.Stop: CustomStringConvertible {
    /// What has happened, and what to do.
    public var description: String { Reason(reason).description.replacing("stopped: ", with: "") }

    var reason: Reason.Code {
        switch self {
        case .diverged: .diverged
        case .notCached: .notCached
        case .elsewhere: .elsewhere
        }
    }
}

extension ScopeStatistics {
    func outlook(
        at moment: Moment, age: Duration, spacing: Duration, pingsLeft: Int, lifetime: Lifetime, prices: PriceRatios,
        latency: Double,
        shared: SharedStatistics
    ) -> PingOutlook {
        let age = max(0, age.inSeconds)
        return PingOutlook(
            curve(shared, start: moment.secondsSince1970 - age), age: age, spacing: spacing.inSeconds,
            pingsLeft: max(1, pingsLeft), lifetime: lifetime, prices: prices, tokens: knownTokens,
            shareAskedAgain: shared.shareAskedAgain(prefix: knownTokens), latency: latency)
    }

    func lifetimeChoice(prices: PriceRatios, latency: Double, shared: SharedStatistics) -> LifetimeChoice {
        LifetimeChoice(
            curve(shared, start: gap?.start ?? 0, anyGap: true), prices: prices, tokens: knownTokens,
            newShare: newShare(shared), growthShare: shared.growth(prefix: knownTokens) / knownTokens,
            latency: latency)
    }
}
