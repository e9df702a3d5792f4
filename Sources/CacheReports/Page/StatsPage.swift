import CachePrices
import PromptCache
import PromptCacheWarmer

/// ``Stats`` as one HTML page that needs nothing else: no script, no font, no network.
public struct StatsPage: Sendable {
    private let stats: Stats

    public init(_ stats: Stats) { self.stats = stats }

    /// The page, in UTF-8.
    public var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Prompt cache</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <header>
        <h1>Prompt cache</h1>
        <p>\(period)</p>
        </header>
        \(cards)
        \(charts)
        \(table)
        <footer>
        <p>\(words)</p>
        </footer>
        </main>
        </body>
        </html>

        """
    }

    private var words: String {
        let rate = "Hit rate is tokens read, of those read and written."
        guard stats.hasPings else { return rate }
        return """
            Saved is what pings are proven to have saved: requests that read the cache although the last one before them was \
            longer ago than the lifetime, and a ping had kept the prefix. Net is that, less what all pings cost, less the \
            premium of hours that warming chose. \(rate)
            """
    }

    private var period: String {
        let calendar = StatsCalendar.utc
        guard stats.total != LedgerTotals() else { return "Nothing was recorded." }
        return "\(calendar.hour(stats.since)) to \(calendar.hour(stats.until)) UTC"
    }

    // MARK: Numbers

    private var cards: String {
        let total = stats.total
        var cards = [
            (
                "Hit rate", StatsText.percent(total.hitRateTokens),
                "\(StatsText.percent(total.hitRateRequests)) of requests"
            ),
            ("Requests", Self.grouped(total.requests), "\(Self.grouped(total.coldStarts)) cold starts"),
        ]
        if total.cost > .zero { cards.append(("Cost", total.cost.short, "of requests")) }
        let pings = [
            ("Pings", Self.grouped(total.pings), "\(Self.grouped(total.pingHits)) hits, \(total.pingCost.short)"),
            ("Saved", total.saved.short, "proven, before pings"),
            (
                "Net", total.net.short,
                total.premium > .zero ? "after pings and \(total.premium.short) for hours" : "after pings"
            ),
        ]
        if stats.hasPings { cards += pings }
        if let warm = total.warmWaits.mean {
            let cold = total.coldWaits.mean.map { "\(Int($0)) ms cold" } ?? "no cold ones"
            cards.insert(("First token", "\(Int(warm)) ms", cold), at: 2)
        }
        let items = cards.map { name, value, note in
            let tone = name == "Net" ? (total.net < .zero ? " class=\"bad\"" : " class=\"good\"") : ""
            return
                "<div><dt>\(name)</dt><dd\(tone)>\(Self.escaped(value))</dd><dd class=\"note\">\(Self.escaped(note))</dd></div>"
        }
        return "<dl class=\"cards\">\(items.joined(separator: "\n"))</dl>"
    }

    // MARK: Charts

    private var charts: String {
        guard stats.total != LedgerTotals() else { return "" }
        let steps = stats.overTime
        // The year is in the heading.
        let names = steps.map { stats.isByDay ? $0.name : String($0.name.dropFirst(5)) }
        let unit = stats.isByDay ? "day" : "hour"
        var figures = [
            Self.figure(
                "Hit rate by \(unit)", legend: [],
                Chart(names: names).line(steps.map { $0.totals.hitRateTokens }) {
                    StatsText.percent($0).replacing(".0%", with: "%")
                }),
            Self.figure(
                "Requests by \(unit)", legend: [("warm", "read the cache"), ("cold", "did not")],
                Chart(names: names).stacked(
                    steps.map { [Double($0.totals.hits), Double($0.totals.requests - $0.totals.hits)] },
                    classes: ["warm", "cold"]
                ) { Self.grouped(Int($0)) }),
        ]
        if stats.total.pings > 0 {
            figures.append(
                Self.figure(
                    "Money by \(unit)", legend: [("saved", "saved"), ("spent", "spent on pings")],
                    Chart(names: names).paired(
                        steps.map { [Self.dollars($0.totals.saved), Self.dollars($0.totals.pingCost)] },
                        classes: ["saved", "spent"]
                    ) { USD(picodollars: Int64($0 * 1e12)).short }))
        }
        let causes = MissCause.allCases.filter { stats.total.causes[$0] > 0 }
            .sorted { stats.total.causes[$0] > stats.total.causes[$1] }
        if !causes.isEmpty {
            figures.append(
                Self.figure(
                    "Why it was not cached", legend: [],
                    Chart(names: causes.map(\.rawValue)).bars(causes.map { Double(stats.total.causes[$0]) }) {
                        Self.grouped(Int($0))
                    }))
        }
        return "<section class=\"charts\">\(figures.joined(separator: "\n"))</section>"
    }

    private static func figure(_ title: String, legend: [(String, String)], _ svg: String) -> String {
        let keys = legend.map { "<span class=\"key \($0.0)\">\($0.1)</span>" }.joined()
        return "<figure><figcaption>\(title)\(keys)</figcaption>\(svg)</figure>"
    }

    /// For the length of a bar only.
    private static func dollars(_ amount: USD) -> Double { Double(amount.picodollars) / 1e12 }

    // MARK: Table

    private var table: String {
        let rows = stats.groups.map { group in
            let totals = group.totals
            let rate = totals.hitRateTokens ?? 0
            let meter = "<span class=\"meter\"><i style=\"width:\(Int(rate * 100))%\"></i></span>"
            let cells =
                [
                    Self.grouped(totals.requests), Self.grouped(totals.coldStarts),
                    "\(meter)\(StatsText.percent(totals.hitRateTokens))",
                ] + (stats.hasPings ? [Self.grouped(totals.pings)] : [])
                + stats.moneyColumns.map { totals[keyPath: $0.amount].short }
            let tone = totals.net < .zero ? " class=\"bad\"" : ""
            let last = cells.count - 1
            let data = cells.enumerated().map { "<td\($0.offset == last ? tone : "")>\($0.element)</td>" }.joined()
            return "<tr><th scope=\"row\">\(Self.escaped(group.name))</th>\(data)</tr>"
        }
        let names =
            [stats.grouping.rawValue, "requests", "cold", "hit rate"] + (stats.hasPings ? ["pings"] : [])
            + stats.moneyColumns.map(\.name)
        let head = names.map { "<th scope=\"col\">\($0)</th>" }.joined()
        return """
            <div class="table"><table><thead><tr>\(head)</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    /// With thin spaces between thousands.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var out = ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.count - position).isMultiple(of: 3) { out += "\u{202F}" }
            out.append(digit)
        }
        return number < 0 ? "−\(out)" : out
    }
}
