public import CoreMetrics
import Synchronization

/// A backend of swift-metrics whose numbers `/metrics` shows.
///
/// ```swift
/// let metrics = PrometheusMetrics()
/// MetricsSystem.bootstrap(metrics)
/// ```
/// Names are put into Prometheus' form: counters end in `_total`, timers in `_seconds`, and what was counted in picodollars
/// is shown in dollars. A family has at most 200 series: what would be one more is counted under the label value `other`.
public final class PrometheusMetrics: MetricsFactory {
    private enum Series {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    private struct Family {
        var kind: MetricFamily.Kind
        var series: [[MetricLabel]: Series] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// The most series of one family.
    static let mostSeries = 200

    public init() {}

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            histogram(PrometheusText.name(label), dimensions, MetricCatalogue.plainBuckets)
        } else {
            gauge(label, dimensions)
        }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = Self.name(label, ending: "_seconds")
        return histogram(name, dimensions, MetricCatalogue.secondsBuckets(name))
    }

    // Series live as long as the process: a counter that vanished would read as a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    // MARK: Series

    private static let picodollars = "_picodollars_total"

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        var name = Self.name(label, ending: "_total")
        let isMoney = name.hasSuffix(Self.picodollars)
        if isMoney { name = name.dropLast(Self.picodollars.count) + "_usd_total" }
        let series = series(name, .counter, dimensions) { .counter(CounterSeries(isMoney: isMoney)) }
        // A name that is taken by another kind is counted where nobody sees it, rather than shown wrongly.
        return if case .counter(let counter) = series { counter } else { CounterSeries(isMoney: isMoney) }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let series = series(PrometheusText.name(label), .gauge, dimensions) { .gauge(GaugeSeries()) }
        return if case .gauge(let gauge) = series { gauge } else { GaugeSeries() }
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)], _ bounds: [Double]) -> HistogramSeries {
        let series = series(name, .histogram, dimensions) { .histogram(HistogramSeries(bounds: bounds)) }
        return if case .histogram(let histogram) = series { histogram } else { HistogramSeries(bounds: bounds) }
    }

    private func series(
        _ name: String, _ kind: MetricFamily.Kind, _ dimensions: [(String, String)], make: () -> Series
    ) -> Series {
        let labels = dimensions.map { MetricLabel($0.0, $0.1) }
        return families.withLock { families in
            var labels = labels
            var family = families[name] ?? Family(kind: kind)
            guard family.kind == kind else { return make() }
            if let known = family.series[labels] { return known }
            if family.series.count >= Self.mostSeries { labels = labels.map { MetricLabel($0.name, "other") } }
            let series = family.series[labels] ?? make()
            family.series[labels] = series
            families[name] = family
            return series
        }
    }

    private static func name(_ label: String, ending suffix: String) -> String {
        let name = PrometheusText.name(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    // MARK: Scraping

    /// All families as they stand.
    func scrape() -> [MetricFamily] {
        families.withLock(\.self).map { name, family in
            let sorted = family.series.sorted { $0.key.map(\.value).lexicographicallyPrecedes($1.key.map(\.value)) }
            return MetricFamily(
                name: name, kind: family.kind, help: MetricCatalogue.help(name),
                samples: sorted.flatMap { labels, series in
                    switch series {
                    case .counter(let counter): [MetricSample(labels: labels, value: counter.value)]
                    case .gauge(let gauge): [MetricSample(labels: labels, value: gauge.value)]
                    case .histogram(let histogram): histogram.samples(labels)
                    }
                })
        }
    }
}
