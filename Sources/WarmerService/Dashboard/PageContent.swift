import CachePrices
import Foundation
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What stands on every page: whether money may be spent, and what is wrong.
struct PageHead {
    /// Milliseconds since 1970, by which scripts count down.
    var now: String
    var isOn: Bool
    var offReason: String?
    var faults: [String]
    var file: String

    init(_ facts: PageFacts) {
        now = PageWords.milliseconds(facts.now.wall)
        isOn = facts.offReason == nil
        offReason = facts.offReason
        faults = facts.state.faults
        file = facts.state.configuration.file ?? "the configuration"
    }
}

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
        lines = overview.page.map { ScopeLine($0, now: facts.now) }
        found = overview.found
        first = lines.isEmpty ? 0 : query.offset + 1
        last = query.offset + lines.count
        let step = DashboardPage.scopesListed
        before = query.offset > 0 ? "/?\(query.parameters(offset: max(0, query.offset - step)))" : nil
        after = last < found ? "/?\(query.parameters(offset: last))" : nil
        isEmpty = lines.isEmpty
    }
}

/// What was spent, what is left, and on which scopes it went.
struct MoneyContent {
    var spent: String
    var budget: String
    var left: String
    var spentShare: Int
    var perPing: String?
    var timeZone: String
    var sinceStart: String
    var lines: [ScopeLine]
    var chart: HourBars

    init(_ facts: PageFacts) {
        spent = facts.spentToday.short
        budget = facts.budget.perDay.short
        left = max(.zero, facts.budget.perDay - facts.spentToday).short
        spentShare = facts.spentPercent
        perPing = facts.budget.perPing?.short
        timeZone = facts.budget.timeZone.identifier
        sinceStart = facts.overview.counts.totals.spent.short
        lines = facts.overview.page.map { ScopeLine($0, now: facts.now) }
        let hours = facts.history.hours
        let most = hours.map(\.spent.picodollars).max() ?? 0
        chart = HourBars(
            hours, facts.words, summary: "Spending by hour, the last 24 hours",
            share: { most > 0 ? Double($0.spent.picodollars) / Double(most) : nil }, title: { $0.spent.short })
    }
}

/// What became of recent pings.
struct HistoryContent {
    var hitRate: String
    var pings: Int
    var failures: Int
    var timelines: [Timeline]
    var ticks: [TickLine]
    var chart: HourBars
    var isEmpty: Bool

    private static let ticksListed = 50
    private static let timelinesListed = 25
    /// As many ticks as those timelines may need at the shortest intervals in use.
    private static let ticksDrawn = 5000

    init(_ facts: PageFacts) {
        let totals = facts.overview.counts.totals
        pings = totals.pings
        failures = totals.failures
        hitRate = totals.pings == 0 ? "–" : "\(totals.hits * 100 / totals.pings) %"
        let recent = facts.history.ticks(limit: Self.ticksDrawn)
        ticks = recent.prefix(Self.ticksListed).map { TickLine($0, facts.words) }
        let scopes = Dictionary(grouping: recent, by: \.scope)
        timelines = scopes.keys.sorted().prefix(Self.timelinesListed).map {
            Timeline($0, scopes[$0] ?? [], facts.words)
        }
        chart = HourBars(
            facts.history.hours, facts.words, summary: "Share of pings that read everything, by hour",
            share: { $0.pings > 0 ? Double($0.hits) / Double($0.pings) : nil },
            title: { "\($0.hits) of \($0.pings) pings hit" })
        isEmpty = recent.isEmpty
    }
}

/// Pings that wrote what they should have read: why, which, and what to do.
struct MissesContent {
    struct Cause {
        var name: String
        var count: Int
        var cost: String
        var advice: String
    }

    struct Offender {
        var scope: String
        var count: Int
        var cost: String
        var last: String
    }

    var count: Int
    var cost: String
    var causes: [Cause]
    var offenders: [Offender]
    var ticks: [TickLine]
    var isEmpty: Bool

    private static let listed = 20

    init(_ facts: PageFacts) {
        let tallies = facts.history.causes
        count = tallies.reduce(0) { $0 + $1.tally.count }
        cost = tallies.reduce(USD.zero) { $0 + $1.tally.cost }.short
        causes = tallies.map {
            Cause(name: $0.cause.rawValue, count: $0.tally.count, cost: $0.tally.cost.short, advice: $0.cause.advice)
        }
        offenders = facts.history.offenders(limit: Self.listed).map {
            Offender(
                scope: $0.scope, count: $0.tally.count, cost: $0.tally.cost.short,
                last: facts.words.time($0.tally.lastAt))
        }
        ticks = facts.history.misses(limit: Self.listed).map { TickLine($0, facts.words) }
        isEmpty = count == 0
    }
}

/// All about one scope.
struct ScopeContent {
    var name: String
    var lines: [ScopeLine]
    var timeline: Timeline
    var ticks: [TickLine]
    var hasTicks: Bool

    private static let listed = 50
    private static let ticksDrawn = 1000

    init(_ name: String, _ statuses: [ScopeStatus], _ facts: PageFacts) {
        self.name = name
        lines = statuses.map { ScopeLine($0, now: facts.now) }
        let recent = facts.history.ticks(of: name, limit: Self.ticksDrawn)
        timeline = Timeline(name, recent, facts.words)
        ticks = recent.prefix(Self.listed).map { TickLine($0, facts.words) }
        hasTicks = !recent.isEmpty
    }
}

extension MissCause {
    /// What it means and what to do, for people.
    fileprivate var advice: String {
        switch self {
        case .firstSight: "Nobody had sent it before: nothing is wrong."
        case .expired: "The ping came after the lifetime had run out: it was late, or those before it failed."
        case .diverged: "What is sent is no longer what is cached. Compare two requests with `warmer diff`."
        case .evictedEarly: "The provider dropped it before its time. Rare ones are normal."
        case .elsewhere: "Pings hit where arrivals miss: another region, workspace or key."
        case .belowMinimum: "The prefix is shorter than the model's minimum: the provider never caches it."
        case .lifetimeDowngraded: "An hour was asked for and five minutes were given: some routes do that silently."
        case .notMarked: "Neither read nor written: the marker is missing, or a gateway takes it off."
        }
    }
}
