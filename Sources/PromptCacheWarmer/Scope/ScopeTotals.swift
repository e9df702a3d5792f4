public import CachePrices
import PromptCache

/// What has become of a scope's pings since it was added.
public struct ScopeTotals: Sendable, Hashable {
    /// Requests of the user's that were noted.
    public var arrivals = 0
    /// Pings that were answered.
    public var pings = 0
    /// Pings that read everything.
    public var hits = 0
    /// Pings that had to write, though not the first: money spent on what should have been kept.
    public var rewrites = 0
    /// Pings that failed for good.
    public var failures = 0
    /// Pings that were not sent for want of budget.
    public var refusals = 0
    /// What all of them have cost.
    public var spent = USD.zero

    mutating func add(_ tick: Tick) {
        spent = spent + tick.cost
        switch tick.outcome {
        case .pinged(let verdict, let cause):
            pings += 1
            if verdict == .hit { hits += 1 }
            if verdict != .hit, cause != .firstSight { rewrites += 1 }
        case .failed: failures += 1
        case .refused: refusals += 1
        }
    }
}
