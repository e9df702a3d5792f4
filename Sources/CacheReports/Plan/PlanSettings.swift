public import CachePrices
import PromptCache
import WarmingPolicies

extension WarmingPlan {
    /// A whole `warmer.yaml`, but for the prompt itself; nil where nothing is to be warmed.
    public var settings: String? {
        guard case .warm(let policy, let lifetime, _) = advice else { return nil }
        let marker = lifetime == .oneHour ? #"{"type": "ephemeral", "ttl": "1h"}"# : #"{"type": "ephemeral"}"#
        let (budget, basis) =
            dailyBudget.map { ($0, "twice what an average day's pings cost") } ?? (.usd("1.00"), "at most")
        return """
            upstreams:
              anthropic: { url: https://api.anthropic.com, api_key: { env: ANTHROPIC_API_KEY } }
            budget: { per_day: \(budget.decimal) }        # \(basis)
            scopes:
              - name: my-prompt
                request: my-prompt.json       # a body of /v1/messages; on its last shared block
                                              # "cache_control": \(marker), as in your traffic
                policy: \(policy.name)
            store: { sqlite: warmer.sqlite }  # what it spends, and what it has learned
            """
    }

    /// Twice what the pings of an average day would have cost, in whole cents; nil where no price is known.
    public var dailyBudget: USD? {
        guard let row = advisedRow, let pings = traffic.money(row.result.pingCost / max(1, facts.days)) else {
            return nil
        }
        let cent = USD.usd("0.01").picodollars
        return USD(picodollars: max(cent, (pings.picodollars * 2 + cent - 1) / cent * cent))
    }

    /// The row of the policy to warm with.
    public var advisedRow: Row? {
        guard case .warm(let policy, let lifetime, _) = advice else { return nil }
        return rows.first { ($0.policy, $0.lifetime) == (policy, lifetime) }
    }
}
