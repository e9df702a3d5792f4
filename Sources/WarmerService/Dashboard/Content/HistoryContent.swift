import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What became of requests and pings.
struct HistoryContent {
    /// How long the first token took.
    struct Wait {
        var name: String
        /// For the colour: `warm` or `cold`.
        var kind: String
        var milliseconds: String
        /// Of the longer of both, 0 to 100.
        var share: Int
        var count: Int
    }

    var hitRate: String
    var pings: Int
    var failures: Int
    var requestHitRate: String?
    var waits: [Wait]
    var hasWaits: Bool
    var timelines: [Timeline]
    var ticks: [TickLine]
    var chart: HourBars
    var requestChart: HourBars?
    var isEmpty: Bool

    private static let ticksListed = 50
    private static let timelinesListed = 25
    /// As many ticks as those timelines may need at the shortest intervals in use.
    private static let ticksDrawn = 5000

    init(_ facts: PageFacts) {
        let totals = facts.overview.counts.totals
        pings = totals.pings
        failures = totals.failures
        // First writes could not have hit.
        let tries = totals.hits + totals.rewrites
        hitRate = tries == 0 ? "–" : "\(totals.hits * 100 / tries) %"
        let recent = facts.history.ticks(limit: Self.ticksDrawn)
        let arrivals = facts.history.arrivals(limit: Self.ticksDrawn)
        ticks = recent.prefix(Self.ticksListed).map { TickLine($0, facts.words) }
        let (pinged, arrived) = (
            Dictionary(grouping: recent, by: \.scope), Dictionary(grouping: arrivals, by: \.scope)
        )
        timelines = Set(pinged.keys).union(arrived.keys).sorted().prefix(Self.timelinesListed).map {
            Timeline($0, pinged[$0] ?? [], arrivals: arrived[$0] ?? [], facts.words)
        }
        chart = HourBars(
            facts.history.hours.map { hour in
                let share = hour.pings > 0 ? Double(hour.hits) / Double(hour.pings) : nil
                return (hour.start, share, "\(hour.hits) of \(hour.pings) pings hit")
            }, facts.words, summary: "Share of pings that read everything, by hour")
        let fold = facts.ledger?.fold
        requestHitRate = fold?.all.hitRateRequests.map { "\(Int($0 * 100)) %" }
        requestChart = fold.flatMap { Self.chart($0, facts.words) }
        waits = fold.map(Self.waits) ?? []
        hasWaits = !waits.isEmpty
        isEmpty = recent.isEmpty && arrivals.isEmpty
    }

    private static func chart(_ fold: LedgerFold, _ words: PageWords) -> HourBars? {
        let hours = fold.hours.filter { $0.value.requests > $0.value.unknown }.sorted { $0.key < $1.key }
        guard !hours.isEmpty else { return nil }
        return HourBars(
            hours.map { start, totals in
                (start, totals.hitRateRequests, "\(totals.hits) of \(totals.requests - totals.unknown) requests hit")
            }, words, summary: "Share of requests that read the cache, by hour")
    }

    private static func waits(_ fold: LedgerFold) -> [Wait] {
        let both = [("warm", fold.all.warmWaits), ("cold", fold.all.coldWaits)]
        let longest = both.compactMap(\.1.mean).max() ?? 0
        return both.compactMap { kind, waits in
            waits.mean.map {
                Wait(
                    name: kind == "warm" ? "from the cache" : "not cached", kind: kind, milliseconds: "\(Int($0)) ms",
                    share: longest > 0 ? Int($0 / longest * 100) : 0, count: waits.count)
            }
        }
    }
}
