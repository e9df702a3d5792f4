import CachePrices
import CoreMetrics
import Logging
import PromptCacheWarmer
import WarmingPolicies

/// What a proxy shares with the daemon that it runs in.
struct ProxySurroundings: Sendable {
    /// Nil where nothing of the traffic is kept warm.
    var warmer: CacheWarmer?
    var vault: CredentialVault
    var prices: PriceList
    var clock: any WarmClock
    /// Where arrivals are written down; nil for nowhere.
    var ledger: (any Ledger)?
    var history: ArrivalHistory
    var metrics: any MetricsFactory
    /// Neither prompts nor keys are logged.
    var logger: Logger
}
