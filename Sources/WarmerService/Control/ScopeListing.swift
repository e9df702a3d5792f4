import CachePrices
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// The scopes as a table for people.
enum ScopeListing {
    static func text(_ statuses: [ScopeStatus], now: ClockReading, spentToday: USD, budget: USD) -> String {
        let header = ["SCOPE", "MODEL", "POLICY", "LIFE LEFT", "PINGS", "HITS", "SPENT", "NEXT"]
        let rows = statuses.map { status in
            [
                status.id, status.model.name, status.policy.name,
                status.lifeLeft > .zero ? seconds(status.lifeLeft) : "cold", String(status.totals.pings),
                String(status.totals.hits), status.totals.spent.short, next(status, now),
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        let lines = ([header] + rows).map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return cells.joined(separator: "  ").trimmedAtEnd
        }
        return lines.joined(separator: "\n") + "\n\nspent today: \(spentToday.short) of \(budget.short)\n"
    }

    private static func next(_ status: ScopeStatus, _ now: ClockReading) -> String {
        guard let at = status.nextAt, at != .distantFuture else { return status.reason }
        let what = status.nextIsPing ? "ping" : "decide"
        return "\(what) in \(seconds(max(at, now.elapsed) - now.elapsed)): \(status.reason)"
    }

    private static func seconds(_ duration: Duration) -> String { "\(Int(duration / .seconds(1))) s" }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
