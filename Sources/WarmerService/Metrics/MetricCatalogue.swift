/// What is known of metrics by their names: their help, and the buckets of histograms.
enum MetricCatalogue {
    private static let helps = [
        "prompt_cache_warmer_arrivals_total": "Requests of the user's that were noted.",
        "prompt_cache_warmer_pings_total": "Finished or refused pings, by what became of them.",
        "prompt_cache_warmer_misses_total": "Pings that did not read everything, by cause.",
        "prompt_cache_warmer_spent_usd_total": "What pings have cost since the start.",
        "prompt_cache_warmer_tokens_total": "Tokens that pings were billed for, by kind.",
        "prompt_cache_warmer_ping_lateness_seconds": "How long after its due time a ping was sent.",
        "prompt_cache_warmer_ping_latency_seconds": "How long the provider took to answer a ping.",
        "prompt_cache_warmer_configuration_reloads_total": "Times that the configuration was read again, by result.",
        "prompt_cache_warmer_ledger_waiting_rows": "Rows of the ledger that wait to be written.",
        "prompt_cache_warmer_ledger_failures_total": "Batches of rows that could not be written at once.",
        "prompt_cache_warmer_ledger_dropped_rows_total": "Rows that were dropped since the disk did not keep up.",
        "prompt_cache_warmer_fleet_late_pings_total": "Pings that began under a lease that was lost by then.",
        "prompt_cache_warmer_fleet_lost_leases_total": "Leases that other replicas have taken over.",
        "prompt_cache_warmer_fleet_failed_beats_total": "Times that the shared database could not be told or asked.",
        "prompt_cache_proxy_requests_total":
            "Requests through the proxy, by what they found in the cache, why, and what had changed.",
        "prompt_cache_proxy_lost_usd_total": "What requests through the proxy have paid again, by cause.",
        "prompt_cache_proxy_overhead_seconds":
            "Time that the proxy adds, by leg: from a request's head to its going out (with the wait for a connection and "
            + "the gate), and from a response's head to its going out.",
    ]

    /// Counters that are there before anything has happened, so that the first event shows as an increase.
    static let countedFromTheStart = [
        "prompt_cache_warmer_arrivals_total", "prompt_cache_warmer_ledger_failures_total",
        "prompt_cache_warmer_ledger_dropped_rows_total",
    ]

    static func help(_ name: String) -> String { helps[name] ?? "As its name says." }

    /// The upper bounds of a time's buckets, in seconds.
    static func secondsBuckets(_ name: String) -> [Double] {
        name == "prompt_cache_proxy_overhead_seconds" ? relayBuckets : secondsBuckets
    }

    /// From what a relay takes on an idle machine to what a gate may.
    private static let relayBuckets: [Double] = [
        0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1, 1, 10,
    ]
    /// From what a timer is late by to what a slow provider takes.
    private static let secondsBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// Upper bounds of what is not a time: sizes and counts.
    static let plainBuckets: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
}
