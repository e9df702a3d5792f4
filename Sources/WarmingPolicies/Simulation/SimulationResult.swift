/// What a policy would have cost on a trace.
///
/// Costs are in tokens at the input price.
public struct SimulationResult: Hashable, Sendable {
    /// Requests that found nothing cached, the first of each scope among them.
    public var coldStarts = 0
    /// Pings, those after a scope's last arrival among them.
    public var pings = 0
    /// What reading cached prefixes cost the users' requests.
    public var reads = 0.0
    /// What writing them and what they added cost, or sending them uncached.
    public var writes = 0.0
    /// What the pings cost.
    public var pingCost = 0.0
    /// Of these, the pings after a scope's last arrival, which nobody came back for.
    public var trailingCost = 0.0

    public init() {}

    /// All of it.
    public var cost: Double { reads + writes + pingCost }

    public static func += (a: inout SimulationResult, b: SimulationResult) {
        a.coldStarts += b.coldStarts
        a.pings += b.pings
        a.reads += b.reads
        a.writes += b.writes
        a.pingCost += b.pingCost
        a.trailingCost += b.trailingCost
    }
}
