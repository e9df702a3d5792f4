import CachePrices
import CoreMetrics
import Logging
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What a proxy shares with the daemon that it runs in.
struct ProxySurroundings: Sendable {
    /// Nil where nothing of the traffic is kept warm.
    var warmer: CacheWarmer?
    var vault: CredentialVault
    var prices: PriceList
    /// What was measured of the upstreams' caches.
    var profile: CacheProfile
    var clock: any WarmClock
    /// Where arrivals are written down; nil for nowhere.
    var ledger: (any Ledger)?
    var history: ArrivalHistory
    var metrics: any MetricsFactory
    /// Neither prompts nor keys are logged.
    var logger: Logger
}
