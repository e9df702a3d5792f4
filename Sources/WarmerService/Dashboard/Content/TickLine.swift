import CachePrices
import PromptCache
import PromptCacheWarmer

/// A ping of the past as a line of a page.
struct TickLine {
    var time: String
    var iso: String
    var scope: String
    var breakpoint: String
    /// For the colour: `hit`, `write`, `miss` or `failed`.
    var kind: String
    var outcome: String
    var detail: String?
    var reason: String
    var cost: String
    var latency: String

    init(_ tick: Tick, _ words: PageWords) {
        time = words.time(tick.at.wall)
        iso = tick.at.wall.iso8601
        scope = tick.scope
        breakpoint = tick.breakpoint
        kind = tick.kind.rawValue
        (outcome, detail) = ScopeReport.words(tick.outcome)
        reason = tick.reason
        cost = tick.cost.short
        latency = tick.latency.map { "\(Int($0 / .milliseconds(1))) ms" } ?? "–"
    }
}

extension Tick {
    /// What became of it, as pages colour it.
    enum Kind: String {
        case hit, write, miss, failed
    }

    var kind: Kind {
        switch outcome {
        case .pinged(.hit, _): .hit
        case .pinged(_, .firstSight?): .write
        case .pinged: .miss
        case .failed, .refused: .failed
        }
    }
}
