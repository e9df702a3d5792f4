import CachePrices
import CacheReports
import PromptCache
import WarmingPolicies

/// What other policies would have made of the last week.
struct WhatIfContent {
    struct Line {
        var policy: String
        var coldStarts: Int
        var pings: Int
        var cost: String
        /// Of the dearest, 0 to 100.
        var share: Int
        var overLeast: String
        /// `best` for what is advised.
        var kind: String
    }

    var when: String
    var reason: String?
    var advice: String?
    var detail: String?
    var settings: String?
    var lines: [Line]
    var hasLines: Bool

    init(_ answer: WhatIf.Answer, _ words: PageWords) {
        when = words.time(answer.at)
        switch answer.outcome {
        case .nothing(let reason):
            self.reason = reason
            lines = []
        case .plan(let plan, let model, let isCut):
            advice = Self.words(plan.advice)
            let facts = plan.facts
            let requests = isCut ? "the latest \(facts.requests) requests" : "\(facts.requests) requests"
            detail =
                "\(requests) to \(facts.scopes) scopes in \(Self.span(facts.days))"
                + (model.map { ", at the prices of \($0)" } ?? "")
                + "; \(facts.after5m) came after more than 5 minutes, \(facts.after1h) after more than an hour."
            settings = plan.settings
            let dearest = plan.rows.map(\.result.cost).max() ?? 0
            let all = plan.rows.map { ($0.name, $0.result) } + [("least possible", plan.optimum)]
            lines = all.map { name, result in
                Line(
                    policy: name, coldStarts: result.coldStarts, pings: result.pings,
                    cost: plan.traffic.money(result.cost)?.short ?? "\(Int(result.cost / 1000)) k tokens",
                    share: dearest > 0 ? Int(result.cost / dearest * 100) : 0,
                    overLeast: plan.optimum.cost > 0 ? Self.plain(result.cost / plan.optimum.cost) : "–",
                    kind: name == plan.advisedRow?.name ? "best" : "")
            }
        }
        hasLines = !lines.isEmpty
    }

    private static func words(_ advice: PlanAdvice) -> String {
        switch advice {
        case .warm(let policy, let lifetime, let saves):
            "\(policy.name), with requests marked \(lifetime.rawValue), would have cost \(Int(saves * 100)) % less than the "
                + "best without pings."
        case .dont(let policy, let reason): "No pings: \(reason.words) \(policy.name) does as well."
        }
    }

    private static func span(_ days: Double) -> String {
        days < 2 ? "\(plain(days * 24)) hours" : "\(plain(days)) days"
    }

    /// With two decimals.
    private static func plain(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }
}

extension PlanAdvice.Reason {
    fileprivate var words: String {
        switch self {
        case .belowMinimum: "the prefixes are shorter than what the model caches."
        case .promptPerUser: "nobody comes back to most prompts."
        case .alwaysOn: "requests come so often that the cache stays warm by itself."
        case .gapsTooLong: "who comes back comes back so late that a write is cheaper."
        case .lifetimeSuffices: "the longer lifetime alone does as well."
        }
    }
}
