public import CachePrices
import WarmingPolicies

extension WarmingPlan {
    /// What to paste into `warmer.yaml`; nil where nothing is to be warmed.
    public var settings: String? {
        guard case .warm(let policy, _) = advice else { return nil }
        var lines: [String] = []
        if let budget = dailyBudget {
            lines.append("budget: { per_day: \(budget.decimal) }        # twice what an average day's pings cost")
        }
        lines += [
            "scopes:",
            "  - name: my-prompt",
            "    request: my-prompt.json       # a body of /v1/messages with cache_control on its last shared block",
            "    policy: \(policy.name)",
        ]
        return lines.joined(separator: "\n")
    }

    /// Twice what the pings of an average day would have cost, in whole cents; nil where no price is known.
    public var dailyBudget: USD? {
        guard case .warm(let policy, _) = advice, let row = row(policy.name),
            let pings = traffic.money(row.result.pingCost / max(1, facts.days))
        else { return nil }
        let cent = USD.usd("0.01").picodollars
        return USD(picodollars: max(cent, (pings.picodollars * 2 + cent - 1) / cent * cent))
    }
}
