public import CachePrices
import PromptCache
public import WarmingPolicies

/// The last finished or refused ping of a scope, in short.
public struct LastPing: Sendable, Hashable {
    /// When the call that counts began, by the time of day.
    public var at: Moment
    public var outcome: Tick.Outcome
    /// Of all its calls.
    public var cost: USD
    public var calls: Int
    /// How long the last call took, in seconds; nil where none was answered.
    public var latencySeconds: Double?

    init(_ tick: Tick) {
        at = tick.at.wall
        outcome = tick.outcome
        cost = tick.cost
        calls = tick.calls
        latencySeconds = tick.latency.map { $0 / .seconds(1) }
    }
}
