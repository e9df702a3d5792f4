import CachePrices
import CoreMetrics
import PromptCache
import PromptInspection

/// What the proxy counts of requests. Every counter is looked up by its labels once and kept.
struct TrafficCounters {
    private struct Labels: Hashable {
        var verdict: ArrivalFinding.Verdict
        var cause: MissCause?
        var changed: DifferenceKind?
    }

    private let factory: any MetricsFactory
    private var requests: [Labels: Counter] = [:]
    private var lost: [MissCause?: Counter] = [:]

    init(_ factory: any MetricsFactory) { self.factory = factory }

    mutating func count(_ finding: ArrivalFinding) {
        let labels = Labels(verdict: finding.verdict, cause: finding.cause, changed: finding.divergence?.kind)
        requests(labels).increment()
        if finding.lost > .zero { lost(finding.cause).increment(by: finding.lost.picodollars) }
    }

    private mutating func requests(_ labels: Labels) -> Counter {
        if let known = requests[labels] { return known }
        let counter = Counter(
            label: "prompt_cache_proxy_requests_total",
            dimensions: [
                ("verdict", labels.verdict.rawValue), ("cause", labels.cause?.rawValue ?? ""),
                ("changed", labels.changed?.rawValue ?? ""),
            ], factory: factory)
        requests[labels] = counter
        return counter
    }

    private mutating func lost(_ cause: MissCause?) -> Counter {
        if let known = lost[cause] { return known }
        let counter = Counter(
            label: "prompt_cache_proxy_lost_picodollars_total", dimensions: [("cause", cause?.rawValue ?? "")],
            factory: factory)
        lost[cause] = counter
        return counter
    }
}
