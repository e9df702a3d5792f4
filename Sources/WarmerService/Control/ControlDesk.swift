import CoreMetrics
import PromptCacheWarmer
import WarmingPolicies

/// All that the control API and the dashboard speak for.
struct ControlDesk: Sendable {
    let warmer: CacheWarmer
    let clock: any WarmClock
    let keeper: ConfigurationKeeper
    /// Nil where the store is nobody else's.
    let fleet: FleetReader?
    let history: TickHistory
    let ledger: LedgerReader
    let whatIf: WhatIf
    /// What went through the proxy.
    let arrivals: ArrivalHistory
    let metrics: PrometheusMetrics
    let killSwitch: KillSwitch
    let token: ControlToken
    /// By the time of day.
    let startedAt: Moment
}
