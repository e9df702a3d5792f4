import CachePrices
import PromptCacheWarmer
import WarmingPolicies

/// What is looked up when `/metrics` is scraped, rather than counted as it happens.
struct WarmerGauges {
    let desk: ControlDesk

    func families() async -> [MetricFamily] {
        let counts = await desk.warmer.overview(.init(limit: 0)).counts
        let state = await desk.keeper.state
        let day = await desk.ledger.read()?.fold.lastDay
        let states = [
            ("warm", counts.warm), ("cold", counts.cold), ("paused", counts.paused), ("stopped", counts.stopped),
        ]
        return proven(day) + [
            MetricFamily(
                name: "prompt_cache_warmer_scopes", kind: .gauge, help: "Scopes by state.",
                samples: states.map { MetricSample(labels: [MetricLabel("state", $0.0)], value: String($0.1)) }),
            .gauge(
                "prompt_cache_warmer_pings_due", "Pings whose time has come and that wait for their turn.",
                String(counts.due)),
            .gauge(
                "prompt_cache_warmer_longest_overdue_seconds",
                "How long the ping that has waited longest is overdue.",
                PrometheusText.number(counts.longestOverdue / .seconds(1))),
            .gauge(
                "prompt_cache_warmer_spent_today_usd", "What pings have cost today, with what is reserved.",
                await desk.warmer.spentToday().decimal),
            .gauge(
                "prompt_cache_warmer_budget_per_day_usd", "What all pings may cost in a day.",
                state.configuration.budget.perDay.decimal),
            .gauge(
                "prompt_cache_warmer_warming_on", "1 while warming is switched on, else 0.",
                desk.warmer.warmingOffReason == nil ? "1" : "0"),
            .gauge(
                "prompt_cache_warmer_configuration_last_reload_successful",
                "1 if the configuration that was read last is in force, else 0.", state.faults.isEmpty ? "1" : "0"),
            .gauge(
                "process_start_time_seconds", "When the daemon started, in seconds since 1970.",
                PrometheusText.number(desk.startedAt.secondsSince1970)),
            MetricFamily(
                name: "prompt_cache_warmer_build_info", kind: .gauge, help: "1, with the version as a label.",
                samples: [MetricSample(labels: [MetricLabel("version", WarmerVersion.current)], value: "1")]),
        ]
    }

    /// What the ledger proves; nothing where none is kept.
    private func proven(_ day: LedgerTotals?) -> [MetricFamily] {
        guard let day else { return [] }
        return [
            .gauge(
                "prompt_cache_warmer_saved_last_day_usd", "What pings are proven to have saved in the last 24 hours.",
                day.saved.decimal),
            .gauge(
                "prompt_cache_warmer_net_last_day_usd",
                "Proven savings of the last 24 hours, less all pings.", day.net.decimal),
        ]
    }
}
