import CachePrices
import Logging
import Metrics
import PromptCache

/// What the warmer tells logs and metrics, in one place.
struct Instruments: Sendable {
    let logger: Logger
    let metrics: any MetricsFactory

    func arrival() { count("arrivals_total") }

    func tick(_ tick: Tick) {
        let (word, level): (String, Logger.Level) =
            switch tick.outcome {
            case .pinged(.hit, _): (Verdict.hit.rawValue, .info)
            case .pinged(let verdict, .firstSight?): (verdict.rawValue, .info)
            case .pinged(let verdict, _): (verdict.rawValue, .warning)
            case .failed: ("failed", .error)
            case .refused: ("refused", .warning)
            }
        count("pings_total", [("verdict", word)])
        if case .pinged(_, let cause?) = tick.outcome { count("misses_total", [("cause", cause.rawValue)]) }
        count("spent_picodollars_total", by: tick.cost.picodollars)
        let usage = tick.usage
        let tokens = [
            ("input", usage.input), ("write_5m", usage.write5m), ("write_1h", usage.write1h), ("read", usage.read),
            ("output", usage.output),
        ]
        for (kind, amount) in tokens { count("tokens_total", [("kind", kind)], by: Int64(amount)) }
        measure("ping_lateness_seconds", tick.lateness)
        if let latency = tick.latency { measure("ping_latency_seconds", latency) }
        logger.log(
            level: level, "\(tick)",
            metadata: ["scope": "\(tick.scope)", "verdict": "\(word)", "cost_usd": "\(tick.cost.decimal)"])
    }

    private func count(_ name: String, _ dimensions: [(String, String)] = [], by amount: Int64 = 1) {
        Counter(label: "prompt_cache_warmer_\(name)", dimensions: dimensions, factory: metrics).increment(by: amount)
    }

    private func measure(_ name: String, _ duration: Duration) {
        Timer(label: "prompt_cache_warmer_\(name)", dimensions: [], factory: metrics).record(duration: duration)
    }
}
