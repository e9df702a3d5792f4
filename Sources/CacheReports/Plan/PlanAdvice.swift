public import PromptCache
public import WarmingPolicies

/// What a plan comes to.
public enum PlanAdvice: Hashable, Sendable {
    /// Warm with this policy, with requests marked for this lifetime, which saves such a share of what the best policy
    /// without pings costs.
    case warm(WarmPolicy, Lifetime, saves: Double)
    /// No pings; take the best policy without them.
    case dont(WarmPolicy, Reason)

    /// Why pings are not worth it.
    public enum Reason: String, Hashable, Sendable {
        /// The prefixes are shorter than what the model caches.
        case belowMinimum = "below-minimum"
        /// Nobody comes back to most prompts.
        case promptPerUser = "prompt-per-user"
        /// Requests come so often that the cache stays warm by itself.
        case alwaysOn = "always-on"
        /// Who comes back comes back so late that a write is cheaper than the pings until then.
        case gapsTooLong = "gaps-too-long"
        /// The longer lifetime alone does as well.
        case lifetimeSuffices = "lifetime-suffices"
    }

    /// Less than this is not worth a daemon.
    private static let worthwhile = 0.02
    private static let mostNeverReturn = 0.8
    private static let fewReturns = 0.01

    init(_ facts: TrafficFacts, _ rows: [WarmingPlan.Row], minimumTokens: Int) {
        func cheapest(_ pings: Bool) -> WarmingPlan.Row? {
            rows.filter { $0.policy.everPings == pings }.min { $0.result.cost < $1.result.cost }
        }
        guard let still = cheapest(false), let pinging = cheapest(true) else {
            self = .dont(.uncached, .belowMinimum)
            return
        }
        if facts.medianTokens < minimumTokens {
            self = .dont(.uncached, .belowMinimum)
            return
        }
        let saves = still.result.cost > 0 ? 1 - pinging.result.cost / still.result.cost : 0
        // What learns is preferred to what happened to fit as well.
        let adaptive = rows.filter(\.policy.isAdaptive).min { $0.result.cost < $1.result.cost }
        let isAsGood = adaptive.map { $0.result.cost <= pinging.result.cost * (1 + Self.worthwhile / 2) } ?? false
        let chosen = isAsGood ? adaptive ?? pinging : pinging
        if saves >= Self.worthwhile, let lifetime = chosen.lifetime {
            self = .warm(chosen.policy, lifetime, saves: saves)
        } else {
            self = .dont(still.policy, Self.reason(facts, still.policy))
        }
    }

    private static func reason(_ facts: TrafficFacts, _ still: WarmPolicy) -> Reason {
        if Double(facts.neverReturned) > mostNeverReturn * Double(facts.scopes) { return .promptPerUser }
        if Double(facts.after5m) < fewReturns * Double(facts.requests) { return .alwaysOn }
        if Double(facts.after3h) > 0.5 * Double(facts.after5m) { return .gapsTooLong }
        return still.lifetime == .oneHour ? .lifetimeSuffices : .gapsTooLong
    }
}
