import CachePrices
public import PromptCache
public import WarmingPolicies

/// Everything a scope can say about itself.
public struct ScopeStatus: Sendable {
    /// Its name; for breakpoints with a schedule of their own, the name and the breakpoint's place.
    public var id: String
    public var scope: String
    public var model: ModelID
    public var breakpoint: String
    public var key: PrefixKey
    public var policy: WarmPolicy
    public var lifetime: Lifetime
    /// How much longer the provider is to keep it; zero when it is cold.
    public var lifeLeft: Duration
    /// When something happens next on the elapsed axis; nil for not before something else does.
    public var nextAt: Moment?
    /// Whether that is a ping.
    public var nextIsPing: Bool
    /// Why.
    public var reason: String
    public var isPaused: Bool
    /// Until when it is held whatever that costs, on the elapsed axis; nil if nobody has asked for it.
    public var keptUntil: Moment?
    /// Which replica of the fleet was the last to ping it, as far as is known here; nil where nothing of that is left.
    public var holder: String?
    /// What stopped it, and what to do.
    public var stopReason: String?
    /// The tokens of the last request that bore a usage.
    public var lastUsage: Usage?
    public var totals: ScopeTotals
    /// The last finished or refused ping.
    public var lastPing: LastPing?

    init(_ cell: EntryCell, now: ClockReading) {
        let entry = cell.entry
        let intent = cell.plannedIntent(now)
        id = entry.plan.id
        scope = entry.name
        model = entry.plan.model
        breakpoint = entry.plan.breakpoint.path
        key = entry.plan.key
        policy = entry.plan.policy
        lifetime = entry.lifetime
        lifeLeft = entry.lifeLeft(at: now.elapsed)
        nextAt = intent.at
        nextIsPing = intent.pings
        reason = intent.reason.description
        isPaused = entry.isPaused
        keptUntil = entry.schedule.keptUntil.flatMap { $0 > now.elapsed ? $0 : nil }
        holder = lifeLeft > .zero ? cell.holder : nil
        stopReason = entry.whyStopped
        lastUsage = entry.lastUsage
        totals = entry.totals
        lastPing = entry.lastPing
    }
}
