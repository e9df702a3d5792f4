import CachePrices

/// How many scopes there are in which state, and what they have come to together. The four states leave none out and
/// count none twice.
public struct ScopeCounts: Sendable, Hashable {
    /// Kept by the provider as far as is known, and neither paused nor stopped.
    public var warm = 0
    /// Not kept, and neither paused nor stopped.
    public var cold = 0
    public var paused = 0
    public var stopped = 0
    /// Pings whose time has come, and that wait for their turn.
    public var due = 0
    /// How long the one that has waited longest is overdue.
    public var longestOverdue = Duration.zero
    /// Of all of them.
    public var totals = ScopeTotals()

    public var all: Int { warm + cold + paused + stopped }

    public init() {}
}

extension ScopeTotals {
    static func += (sum: inout ScopeTotals, other: ScopeTotals) {
        sum.arrivals += other.arrivals
        sum.pings += other.pings
        sum.hits += other.hits
        sum.rewrites += other.rewrites
        sum.failures += other.failures
        sum.refusals += other.refusals
        sum.spent = sum.spent + other.spent
    }
}
