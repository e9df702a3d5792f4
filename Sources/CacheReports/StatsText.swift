import CachePrices
import PromptCache
import PromptCacheWarmer

/// ``Stats`` as lines for a terminal, with small bars.
public struct StatsText: Sendable {
    /// A word of a line, and what it is, for whoever paints it.
    public enum Tone: Sendable { case plain, good, bad, quiet }

    private let stats: Stats
    private let paint: @Sendable (String, Tone) -> String

    /// - Parameter paint: puts colours on; returns the text as it is where there are none.
    public init(_ stats: Stats, paint: @escaping @Sendable (String, Tone) -> String = { text, _ in text }) {
        self.stats = stats
        self.paint = paint
    }

    /// How many groups are shown; JSON, CSV and the page have all of them.
    private static let shownGroups = 40
    private static let barWidth = 10

    public var lines: [String] {
        guard stats.total != LedgerTotals() else { return ["nothing was recorded"] }
        return Array([summary, sparkline, causes, table].filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private var summary: [String] {
        let total = stats.total
        let from = StatsCalendar.utc.hour(stats.since)
        let to = StatsCalendar.utc.hour(stats.until)
        var lines = ["\(total.requests) requests and \(total.pings) pings from \(from) to \(to) UTC"]
        if total.requests > 0 {
            lines.append(
                "hit rate  \(Self.percent(total.hitRateTokens)) of tokens, \(Self.percent(total.hitRateRequests)) of requests; "
                    + "\(total.coldStarts) cold starts")
        }
        if let warm = total.warmWaits.mean, let cold = total.coldWaits.mean {
            lines.append("first token after \(Int(warm)) ms where it was warm, \(Int(cold)) ms where it was not")
        }
        if total.cost > .zero { lines.append("requests  cost \(total.cost.short)") }
        // Other people's records have no pings, and nothing to prove.
        guard stats.hasPings else { return lines + unknown }
        lines.append(
            "pings     cost \(total.pingCost.short) and are proven to have saved \(total.saved.short)"
                + (total.premium > .zero ? ", less \(total.premium.short) for hours chosen" : "") + "; net "
                + paint(total.net.short, total.net < .zero ? .bad : .good))
        lines += unknown
        if total.pingFailures + total.pingRefusals > 0 {
            lines.append("pings that failed: \(total.pingFailures); that the budget refused: \(total.pingRefusals)")
        }
        return lines
    }

    private var unknown: [String] {
        stats.total.unknown > 0 ? ["\(stats.total.unknown) requests have no usage and count in no rate"] : []
    }

    /// The hit rate over time, one character a step, the newest at the right.
    private var sparkline: [String] {
        let steps = stats.overTime.suffix(60)
        guard steps.count > 1 else { return [] }
        let marks = Array("▁▂▃▄▅▆▇█")
        let line = steps.map { step in
            step.totals.hitRateTokens.map { String(marks[min(7, Int($0 * 8))]) } ?? paint("·", .quiet)
        }.joined()
        return ["hit rate by \(stats.isByDay ? "day" : "hour")  \(line)"]
    }

    private var causes: [String] {
        let found = MissCause.allCases.filter { stats.total.causes[$0] > 0 }
            .sorted { stats.total.causes[$0] > stats.total.causes[$1] }
        guard let most = found.first.map({ stats.total.causes[$0] }) else { return [] }
        return ["why it was not cached"]
            + found.map { cause in
                let count = stats.total.causes[cause]
                return "  \(Self.left(cause.rawValue, 20)) \(Self.bar(Double(count) / Double(most))) \(count)"
            }
    }

    private var table: [String] {
        let shown = stats.groups.prefix(Self.shownGroups)
        let width = max(5, shown.map(\.name.count).max() ?? 0)
        func line(_ cells: [String]) -> String {
            zip(cells, [9, 6, 18] + (stats.hasPings ? [8] : []) + [10, 10, 10]).map { Self.right($0, $1) }.joined()
        }
        let head =
            Self.left(stats.grouping.rawValue, width)
            + line(
                ["requests", "cold", "hit rate"] + (stats.hasPings ? ["pings"] : []) + stats.moneyColumns.map(\.name))
        var lines = [paint(head, .quiet)]
        for group in shown {
            let totals = group.totals
            let rate = "\(Self.bar(totals.hitRateTokens ?? 0)) \(Self.right(Self.percent(totals.hitRateTokens), 5))"
            let counts = [String(totals.requests), String(totals.coldStarts), rate]
            let pings = stats.hasPings ? [String(totals.pings)] : []
            let amounts = stats.moneyColumns.map { totals[keyPath: $0.amount] }
            let last = amounts.last ?? .zero
            lines.append(
                Self.left(group.name, width) + line(counts + pings + amounts.dropLast().map(\.short))
                    + paint(Self.right(last.short, 10), last < .zero ? .bad : .plain))
        }
        if stats.groups.count > shown.count {
            lines.append(paint("… and \(stats.groups.count - shown.count) more; --json has them all", .quiet))
        }
        return lines
    }

    // MARK: Pieces

    static func percent(_ rate: Double?) -> String {
        guard let rate else { return "–" }
        // Never rounded up to all of it.
        let tenths = Int(rate * 1000)
        return tenths >= 1000 ? "100%" : "\(tenths / 10).\(tenths % 10)%"
    }

    /// Ten characters, filled by eighths.
    static func bar(_ share: Double) -> String {
        let eighths = Int((min(max(share, 0), 1) * Double(barWidth * 8)).rounded())
        let parts = Array(" ▏▎▍▌▋▊▉")
        let full = String(repeating: "█", count: eighths / 8)
        let rest = eighths % 8 == 0 ? "" : String(parts[eighths % 8])
        return left(full + rest, barWidth)
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
