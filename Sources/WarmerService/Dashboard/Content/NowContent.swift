import CachePrices
import PromptCacheWarmer

/// All scopes at a glance, and those that act soonest.
struct NowContent {
    struct Option {
        var value: String
        var label: String
        var isChosen: Bool
    }

    var warm: Int
    var cold: Int
    var paused: Int
    var stopped: Int
    var all: Int
    var due: Int
    var spent: String
    var budget: String
    var spentShare: Int
    var search: String
    var states: [Option]
    var lines: [ScopeLine]
    var found: Int
    var first: Int
    var last: Int
    var before: String?
    var after: String?
    var isEmpty: Bool

    init(_ query: ScopeQuery, _ facts: PageFacts) {
        let (counts, overview) = (facts.overview.counts, facts.overview)
        (warm, cold, paused, stopped) = (counts.warm, counts.cold, counts.paused, counts.stopped)
        (all, due) = (counts.all, counts.due)
        spent = facts.spentToday.short
        budget = facts.budget.perDay.short
        spentShare = facts.spentPercent
        search = query.search
        states =
            [Option(value: "", label: "any state", isChosen: query.state == nil)]
            + ScopeState.allCases.map { Option(value: $0.rawValue, label: $0.rawValue, isChosen: $0 == query.state) }
        lines = overview.page.map { ScopeLine($0, now: facts.now, facts.words) }
        found = overview.found
        first = lines.isEmpty ? 0 : query.offset + 1
        last = query.offset + lines.count
        let step = DashboardPage.scopesListed
        before = query.offset > 0 ? "/?\(query.parameters(offset: max(0, query.offset - step)))" : nil
        after = last < found ? "/?\(query.parameters(offset: last))" : nil
        isEmpty = lines.isEmpty
    }
}
