import CachePrices
import PromptCacheWarmer
import WarmingPolicies

/// What a ledger says of a stretch of time, summed up as pages show it: for all, by scope and by hour.
struct LedgerFold: Sendable {
    /// What warming a scope has cost and brought.
    struct Line: Sendable, Hashable {
        var scope = ""
        var requests = 0
        var known = 0
        var hits = 0
        var coldStarts = 0
        var pings = 0
        var spent = USD.zero
        var saved = USD.zero
        var net = USD.zero

        fileprivate mutating func add(_ totals: LedgerTotals) {
            requests += totals.requests
            known += totals.requests - totals.unknown
            hits += totals.hits
            coldStarts += totals.coldStarts
            pings += totals.pings
            spent += totals.pingCost
            saved += totals.saved
            net += totals.net
        }
    }

    /// Where it begins.
    let since: Moment
    private(set) var all = LedgerTotals()
    /// The last hours by their beginning.
    private(set) var hours: [Moment: LedgerTotals] = [:]
    private var lines: [String: Line] = [:]

    init(since: Moment) { self.since = since }

    /// Adds the totals of an hour, or of several.
    mutating func add(_ rows: [HourTotals]) {
        for row in rows {
            all += row.totals
            hours[row.key.hour, default: LedgerTotals()] += row.totals
            lines[row.key.scope, default: Line(scope: row.key.scope)].add(row.totals)
        }
        guard let newest = hours.keys.max() else { return }
        let oldest = newest - .seconds(HourBars.hours * 3600)
        for hour in hours.keys where hour < oldest { hours[hour] = nil }
    }

    /// The scopes on which the most was spent or saved, the largest first.
    func largest(_ count: Int) -> [Line] {
        func size(_ line: Line) -> USD { max(line.spent, line.saved) }
        let sorted = lines.values.sorted { (size($1), $0.scope) < (size($0), $1.scope) }
        return Array(sorted.prefix(count))
    }

    /// All of the last 24 hours.
    var lastDay: LedgerTotals { hours.values.reduce(into: LedgerTotals()) { $0 += $1 } }

    /// How many scopes there are.
    var scopes: Int { lines.count }
}
