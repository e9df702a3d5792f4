import PromptCacheWarmer
import WarmingPolicies

/// The last hour of a scope as a strip of marks.
struct Timeline {
    struct Mark {
        /// From 0 to `width`.
        var x: String
        var kind: String
        var title: String
    }

    static let span = Duration.seconds(3600)
    /// Units of the drawing, not pixels.
    private static let width = 600.0

    var scope: String
    var marks: [Mark]
    /// What the strip shows, for those who do not see it.
    var summary: String

    /// - Parameter ticks: of the scope, in any order; those older than the span are left out.
    init(_ scope: String, _ ticks: [Tick], _ words: PageWords) {
        self.scope = scope
        let recent = ticks.filter { words.now - $0.at.wall <= Self.span }.sorted { $0.at.wall < $1.at.wall }
        marks = recent.map { tick in
            let (outcome, detail) = ScopeReport.words(tick.outcome)
            let share = 1 - (words.now - tick.at.wall) / Self.span
            return Mark(
                x: String(Int(min(max(share, 0), 1) * Self.width)), kind: tick.kind.rawValue,
                title: "\(words.time(tick.at.wall)) \(outcome)\(detail.map { " (\($0))" } ?? "")")
        }
        func count(_ kind: Tick.Kind) -> Int { recent.filter { $0.kind == kind }.count }
        let parts = [
            (count(.hit), "hits"), (count(.write), "first writes"), (count(.miss), "misses"),
            (count(.failed), "failed or refused"),
        ]
        let told = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        summary = "\(scope), last hour: \(told.isEmpty ? "no pings" : told)"
    }
}
