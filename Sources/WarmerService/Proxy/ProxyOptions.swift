public import CachePrices
public import CacheProxy
public import Logging
public import PromptCache
public import PromptCacheWarmer

/// What a proxy is to do besides relaying.
public struct ProxyOptions: Sendable {
    public var server: ProxyConfiguration
    /// What pings may cost; nil for no pings at all.
    public var budget: Budget?
    /// Whether requests for the same cold prefix go one after the other.
    public var hasGate: Bool
    /// Whether responses bear `x-prompt-cache-warmer`.
    public var writesNotes: Bool
    public var prices: PriceList
    /// What was measured of the upstreams' caches.
    public var profile: CacheProfile
    public var clock: any WarmClock
    /// Neither prompts nor keys are logged.
    public var logger: Logger
    /// How much of last requests is kept, in bytes, to be compared and replayed.
    public var mostBytes: Int
    /// How many scopes are kept warm at once.
    public var mostScopes: Int

    public init(
        server: ProxyConfiguration, budget: Budget? = nil, hasGate: Bool = false, writesNotes: Bool = true,
        prices: PriceList = .builtIn, profile: CacheProfile = .documented, clock: any WarmClock = SystemClock(),
        logger: Logger = Logger(label: "prompt-cache-warmer"), mostBytes: Int = 256 << 20, mostScopes: Int = 1000
    ) {
        self.server = server
        self.budget = budget
        self.hasGate = hasGate
        self.writesNotes = writesNotes
        self.prices = prices
        self.profile = profile
        self.clock = clock
        self.logger = logger
        self.mostBytes = mostBytes
        self.mostScopes = mostScopes
    }
}
