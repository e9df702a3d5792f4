import CachePrices
import CacheReports
import OrderedJSON
import PromptCache
import TrafficImport
import WarmingPolicies

/// A plan in plain words and numbers, or as JSON.
struct PlanOutput {
    let source: PlanSource
    let plan: WarmingPlan
    let paid: USD?

    private var facts: TrafficFacts { plan.facts }

    // MARK: Words

    var text: String {
        [traffic, idle, table, advice].joined(separator: "\n\n")
    }

    private var traffic: String {
        let kind = plan.traffic.trace.isGrowing ? "conversations" : "prompts"
        var line = "\(source.name): \(facts.requests) requests in \(facts.scopes) \(kind)"
        line += " over \(Numbers.plain(facts.days, decimals: 1)) days, half of them with up to "
        line += "\(Numbers.tokens(Double(facts.medianTokens))) tokens"
        if let model = plan.traffic.model { line += ", priced as \(model)" }
        if let paid { line += "\nprompts have cost \(paid.short) so far" }
        if let passed = source.recorded?.leftOut.total, passed > 0 { line += "\n\(passed) lines held no request" }
        return line
    }

    private var idle: String {
        guard facts.after5m > 0 else {
            return "Nobody ever came back after more than 5 minutes, so idle gaps cost nothing."
        }
        let base = plan.row("off@5m")?.result.cost ?? 0
        let share = base > 0 ? " (\(Numbers.percent(facts.idleCost / base)))" : ""
        return "What idle gaps cost: \(facts.after5m) times somebody came back after more than 5 minutes, "
            + "\(facts.after1h) times after more than an hour.\n"
            + "With entries of 5 minutes and no pings, writing again costs \(cost(facts.idleCost)) of \(cost(base))\(share)."
    }

    private var table: String {
        let base = plan.row("off@5m")?.result.cost ?? 0
        var lines = [
            "policy".padded(16) + "cold starts".padded(-12) + "pings".padded(-9) + "cost".padded(-11)
                + "against off@5m".padded(-16)
        ]
        func row(_ name: String, _ result: SimulationResult) -> String {
            let change = base > 0 ? result.cost / base - 1 : 0
            let sign = change > 0.0005 ? "+" : change < -0.0005 ? "−" : "±"
            return name.padded(16) + "\(result.coldStarts)".padded(-12) + "\(result.pings)".padded(-9)
                + cost(result.cost).padded(-11) + "\(sign)\(Numbers.percent(abs(change)))".padded(-16)
        }
        let best = plan.rows.map(\.result.cost).min()
        for entry in plan.rows {
            let line = row(entry.name, entry.result)
            lines.append(entry.result.cost == best ? Terminal.paint(line, .green) : line)
        }
        lines.append(row("least possible", plan.optimum))
        return lines.joined(separator: "\n")
    }

    private var advice: String {
        switch plan.advice {
        case .warm(let policy, let lifetime, let saves):
            let settings = (plan.settings ?? "").split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
            return
                "Do: warm with \(policy.name), requests marked for \(lifetime.rawValue). It would have saved "
                + "\(Numbers.percent(saves)) of the best without pings.\n\nwarmer.yaml, for each prompt that is shared:\n\n"
                + settings
                + "\n\n`warmer run --check` checks it. For conversations, point clients at `warmer proxy --warm` instead."
        case .dont(let policy, let reason):
            return "Don't warm: \(words(reason))\n\(markers(policy))"
        }
    }

    private func words(_ reason: PlanAdvice.Reason) -> String {
        switch reason {
        case .belowMinimum:
            "half of the prompts have at most \(facts.medianTokens) tokens, and the model caches none below "
                + "\(plan.traffic.minimumTokens)."
        case .promptPerUser:
            "\(facts.neverReturned) of \(facts.scopes) prompts were used once. Nobody comes back to read what a ping keeps; "
                + "share a prefix between them."
        case .alwaysOn:
            "only \(facts.after5m) of \(facts.requests) requests came after more than 5 minutes. Your traffic keeps its "
                + "cache warm by itself."
        case .gapsTooLong:
            "\(facts.after3h) of the \(facts.after5m) pauses last more than 3 hours, and pings over them cost as much as "
                + "the writes that they spare."
        case .lifetimeSuffices: "entries of an hour bridge nearly all of your pauses without a ping."
        }
    }

    private func markers(_ policy: WarmPolicy) -> String {
        switch policy.lifetime {
        case .oneHour:
            "Mark prefixes with \"cache_control\": {\"type\": \"ephemeral\", \"ttl\": \"1h\"} and leave it at that."
        case .fiveMinutes: "Mark prefixes with \"cache_control\": {\"type\": \"ephemeral\"} and leave it at that."
        case nil: "Leave \"cache_control\" out: writing to the cache costs more here than it saves."
        }
    }

    /// Money where a price is known, else tokens.
    private func cost(_ tokens: Double) -> String {
        plan.traffic.money(tokens)?.short ?? Numbers.tokens(tokens)
    }

    // MARK: JSON

    static func report(_ outputs: [PlanOutput]) -> JSONOutput { ["plans": .array(outputs.map(\.report))] }

    private var report: JSONOutput {
        [
            "source": .string(source.name), "model": .optional(plan.traffic.model?.name),
            "read_multiplier": .double(plan.traffic.ratios.read), "requests": .integer(facts.requests),
            "scopes": .integer(facts.scopes), "days": .double(facts.days), "paid_usd": .optional(paid?.decimal),
            "median_tokens": .integer(facts.medianTokens), "never_returned": .integer(facts.neverReturned),
            "returns_after_5m": .integer(facts.after5m), "returns_after_1h": .integer(facts.after1h),
            "idle_cost_tokens": .double(facts.idleCost), "idle_cost_usd": .optional(usd(facts.idleCost)),
            "optimum_tokens": .double(plan.optimum.cost), "optimum_usd": .optional(usd(plan.optimum.cost)),
            "policies": .array(
                plan.rows.map { row in
                    [
                        "policy": .string(row.policy.name), "lifetime": .optional(row.lifetime?.rawValue),
                        "cost_tokens": .double(row.result.cost),
                        "cost_usd": .optional(usd(row.result.cost)), "cold_starts": .integer(row.result.coldStarts),
                        "pings": .integer(row.result.pings),
                    ]
                }),
            "advice": decision,
        ]
    }

    private var decision: JSONOutput {
        switch plan.advice {
        case .warm(let policy, let lifetime, let saves):
            [
                "warm": .boolean(true), "policy": .string(policy.name), "lifetime": .string(lifetime.rawValue),
                "saves": .double(saves),
                "budget_per_day_usd": .optional(plan.dailyBudget?.decimal), "settings": .optional(plan.settings),
            ]
        case .dont(let policy, let reason):
            ["warm": .boolean(false), "policy": .string(policy.name), "reason": .string(reason.rawValue)]
        }
    }

    private func usd(_ tokens: Double) -> String? { plan.traffic.money(tokens)?.decimal }
}
