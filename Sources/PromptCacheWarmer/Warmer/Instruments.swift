import CachePrices
import Logging
import Metrics
import PromptCache

/// What the warmer tells logs and metrics, in one place.
struct Instruments: Sendable {
    let logger: Logger

    func arrival() { Counter(label: "prompt_cache_warmer_arrivals_total").increment() }

    func tick(_ tick: Tick) {
        let (word, level): (String, Logger.Level) =
            switch tick.outcome {
            case .pinged(.hit, _): (Verdict.hit.rawValue, .info)
            case .pinged(let verdict, .firstSight?): (verdict.rawValue, .info)
            case .pinged(let verdict, _): (verdict.rawValue, .warning)
            case .failed: ("failed", .error)
            case .refused: ("refused", .warning)
            }
        Counter(label: "prompt_cache_warmer_pings_total", dimensions: [("verdict", word)]).increment()
        Counter(label: "prompt_cache_warmer_spent_picodollars_total").increment(by: tick.cost.picodollars)
        Counter(label: "prompt_cache_warmer_tokens_total", dimensions: [("kind", "read")]).increment(
            by: tick.usage.read)
        Counter(label: "prompt_cache_warmer_tokens_total", dimensions: [("kind", "write")])
            .increment(by: tick.usage.written)
        Timer(label: "prompt_cache_warmer_ping_lateness_seconds").record(duration: tick.lateness)
        if let latency = tick.latency {
            Timer(label: "prompt_cache_warmer_ping_latency_seconds").record(duration: latency)
        }
        logger.log(
            level: level, "\(tick)",
            metadata: ["scope": "\(tick.scope)", "verdict": "\(word)", "cost_usd": "\(tick.cost.decimal)"])
    }
}
