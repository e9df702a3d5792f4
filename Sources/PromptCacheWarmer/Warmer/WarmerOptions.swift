public import CachePrices
public import Logging
public import Metrics
public import PromptCache

/// What a warmer needs besides clients and scopes.
public struct WarmerOptions: Sendable {
    /// What all pings may cost, where there is no gate of its own.
    public var budget: Budget
    /// The door that money passes; nil for one in memory with the budget.
    public var gate: (any SpendGate)?
    /// Where arrivals and pings are written down; nil for nowhere.
    public var ledger: (any Ledger)?
    /// Where scopes' histories and what was learned outlive the process; nil for nowhere.
    public var experience: (any ExperienceStore)?
    /// What this process is called among those that share a store; the same after a restart.
    public var replica: String
    /// The place among other processes that warm the same; nil for alone. One for each warmer.
    public var fleet: Fleet?
    /// What tokens cost. A model without a price is never warmed.
    public var prices: PriceList
    /// What was measured of the caches that pings go to; as documented unless told otherwise.
    public var profile: CacheProfile
    /// Where the warmer takes its time from.
    public var clock: any WarmClock
    /// Where it logs to. Neither prompts nor keys are logged.
    public var logger: Logger
    /// What counts; the one that the process was set up with unless told otherwise.
    public var metrics: any MetricsFactory
    /// What turns all spending off and on.
    public var warmingSwitch: WarmingSwitch
    /// Whether a ping may be a stream that is closed at its first event, where 0 and 1 output tokens are refused. What
    /// that bills is undocumented: it is counted at its worst case.
    public var mayCloseStreams: Bool
    /// How many pings a second may begin for one model of an upstream; from above 0. After a sleep of the machine, or
    /// when many scopes are added at once, the others wait in line.
    public var pingsPerSecond: Double
    /// How long stopping waits for calls under way.
    public var stopLimit: Duration
    /// A number from 0 to 1, for the jitter of retries.
    public var random: @Sendable () -> Double
    /// Called with every finished or refused ping, in order; keep it short.
    public var onTick: (@Sendable (Tick) -> Void)?

    public init(
        budget: Budget = .standard, gate: (any SpendGate)? = nil, ledger: (any Ledger)? = nil,
        experience: (any ExperienceStore)? = nil, replica: String = "warmer", fleet: Fleet? = nil,
        prices: PriceList = .builtIn, profile: CacheProfile = .documented,
        clock: any WarmClock = SystemClock(), logger: Logger = Logger(label: "prompt-cache-warmer"),
        metrics: any MetricsFactory = MetricsSystem.factory, warmingSwitch: WarmingSwitch = WarmingSwitch(),
        mayCloseStreams: Bool = false, pingsPerSecond: Double = 50, stopLimit: Duration = .seconds(10),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }, onTick: (@Sendable (Tick) -> Void)? = nil
    ) {
        self.budget = budget
        self.gate = gate
        self.ledger = ledger
        self.experience = experience
        self.replica = replica
        self.fleet = fleet
        self.prices = prices
        self.profile = profile
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
        self.warmingSwitch = warmingSwitch
        self.mayCloseStreams = mayCloseStreams
        self.pingsPerSecond = pingsPerSecond
        self.stopLimit = stopLimit
        self.random = random
        self.onTick = onTick
    }
}
