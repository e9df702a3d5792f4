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
    ]

    /// Counters that are there before anything has happened, so that the first event shows as an increase.
    static let countedFromTheStart = [
        "prompt_cache_warmer_arrivals_total", "prompt_cache_warmer_ledger_failures_total",
        "prompt_cache_warmer_ledger_dropped_rows_total",
    ]

    static func help(_ name: String) -> String { helps[name] ?? "As its name says." }

    /// Upper bounds in seconds: from what a timer is late by to what a slow provider takes.
    static let secondsBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
    /// Upper bounds of what is not a time: sizes and counts.
    static let plainBuckets: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]
}
