import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// The last hour of a scope as a strip of marks: its requests above, its pings below.
struct Timeline {
    struct Mark {
        /// Units of the drawing, not pixels.
        var x: String
        var y: String
        var width: String
        var height: String
        var kind: String
        var title: String
    }

    static let span = Duration.seconds(3600)
    private static let length = 600.0

    var scope: String
    var marks: [Mark]
    /// What the strip shows, for those who do not see it.
    var summary: String

    /// - Parameters:
    ///   - ticks: of the scope, in any order; those older than the span are left out.
    ///   - arrivals: likewise.
    init(_ scope: String, _ ticks: [Tick], arrivals: [TickHistory.Arrival], _ words: PageWords) {
        self.scope = scope
        func isRecent(_ moment: Moment) -> Bool { words.now - moment <= Self.span }
        func x(_ moment: Moment) -> String {
            String(Int(min(max(1 - (words.now - moment) / Self.span, 0), 1) * Self.length))
        }
        let recent = ticks.filter { isRecent($0.at.wall) }.sorted { $0.at.wall < $1.at.wall }
        let arrived = arrivals.filter { isRecent($0.at) }.sorted { $0.at < $1.at }
        let pings = recent.map { tick in
            let (outcome, detail) = ScopeReport.words(tick.outcome)
            return Mark(
                x: x(tick.at.wall), y: "11", width: "5", height: "8", kind: tick.kind.rawValue,
                title: "\(words.time(tick.at.wall)) ping \(outcome)\(detail.map { " (\($0))" } ?? "")")
        }
        marks =
            arrived.map { arrival in
                Mark(
                    x: x(arrival.at), y: "0", width: "3", height: "9", kind: "arrival",
                    title: "\(words.time(arrival.at)) request\(arrival.cause.map { ", \($0.rawValue)" } ?? "")")
            } + pings
        func count(_ kind: Tick.Kind) -> Int { recent.filter { $0.kind == kind }.count }
        let parts = [
            (arrived.count, "requests"), (count(.hit), "hits"), (count(.write), "first writes"),
            (count(.miss), "misses"), (count(.failed), "failed or refused"),
        ]
        let told = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        summary = "\(scope), last hour: \(told.isEmpty ? "nothing" : told)"
    }
}
