import CachePrices
import Foundation
import PromptCacheWarmer

/// What was spent, what it has brought, what is left, and on which scopes it went.
struct MoneyContent {
    struct Line {
        var scope: String
        var requests: Int
        var hitRate: String
        var coldStarts: Int
        var pings: Int
        var spent: String
        var saved: String
        var net: String
        /// `gain`, `loss` or `even`.
        var kind: String
    }

    /// What the ledger proves.
    struct Proven {
        var since: String
        var spent: String
        var saved: String
        var net: String
        var kind: String
        var lines: [Line]
        /// How many scopes are not listed.
        var others: Int?
        var fault: String?
        var isEmpty: Bool
    }

    var spent: String
    var budget: String
    var left: String
    var spentShare: Int
    var perPing: String?
    var timeZone: String
    var sinceStart: String
    var chart: HourBars
    var proven: Proven?
    /// By scope since the start, where there is no ledger.
    var lines: [ScopeLine]?

    init(_ facts: PageFacts) {
        spent = facts.spentToday.short
        budget = facts.budget.perDay.short
        left = max(.zero, facts.budget.perDay - facts.spentToday).short
        spentShare = facts.spentPercent
        perPing = facts.budget.perPing?.short
        timeZone = facts.budget.timeZone.identifier
        sinceStart = facts.overview.counts.totals.spent.short
        proven = facts.ledger.map { Proven($0, facts.words) }
        lines = facts.ledger == nil ? facts.overview.page.map { ScopeLine($0, now: facts.now, facts.words) } : nil
        let hours = facts.history.hours
        let most = hours.map(\.spent.picodollars).max() ?? 0
        chart = HourBars(
            hours.map { hour in
                let share = most > 0 ? Double(hour.spent.picodollars) / Double(most) : nil
                return (hour.start, share, hour.spent.short)
            }, facts.words, summary: "Spending by hour, the last 24 hours")
    }
}

extension MoneyContent.Proven {
    private static let listed = DashboardPage.scopesListed

    init(_ reading: LedgerReader.Reading, _ words: PageWords) {
        let fold = reading.fold
        since = words.time(fold.since)
        spent = fold.all.pingCost.short
        saved = fold.all.saved.short
        net = fold.all.net.short
        kind = MoneyContent.kind(fold.all.net)
        lines = fold.largest(Self.listed).map(MoneyContent.Line.init)
        others = fold.scopes > Self.listed ? fold.scopes - Self.listed : nil
        fault = reading.fault
        isEmpty = fold.scopes == 0
    }
}

extension MoneyContent.Line {
    init(_ line: LedgerFold.Line) {
        scope = line.scope
        requests = line.requests
        hitRate = line.known == 0 ? "–" : "\(line.hits * 100 / line.known) %"
        coldStarts = line.coldStarts
        pings = line.pings
        spent = line.spent.short
        saved = line.saved.short
        net = line.net.short
        kind = MoneyContent.kind(line.net)
    }
}

extension MoneyContent {
    fileprivate static func kind(_ net: USD) -> String { net > .zero ? "gain" : net < .zero ? "loss" : "even" }
}
