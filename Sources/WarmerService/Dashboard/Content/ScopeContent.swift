import PromptCacheWarmer

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
        lines = statuses.map { ScopeLine($0, now: facts.now, facts.words) }
        let recent = facts.history.ticks(of: name, limit: Self.ticksDrawn)
        timeline = Timeline(
            name, recent, arrivals: facts.history.arrivals(of: name, limit: Self.ticksDrawn), facts.words)
        ticks = recent.prefix(Self.listed).map { TickLine($0, facts.words) }
        hasTicks = !recent.isEmpty
    }
}
