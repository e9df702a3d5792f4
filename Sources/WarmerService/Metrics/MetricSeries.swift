import CachePrices
import CoreMetrics
import Synchronization

/// A number that only grows. Money in picodollars is shown as exact dollars.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    private let whole = Mutex<Int64>(0)
    private let part = Mutex<Double>(0)
    private let isMoney: Bool

    init(isMoney: Bool) { self.isMoney = isMoney }

    func increment(by amount: Int64) {
        whole.withLock { $0 = $0.addingReportingOverflow(max(0, amount)).partialValue }
    }

    func increment(by amount: Double) { part.withLock { $0 += max(0, amount) } }

    func reset() {
        whole.withLock { $0 = 0 }
        part.withLock { $0 = 0 }
    }

    var value: String {
        let whole = whole.withLock(\.self)
        if isMoney { return USD(picodollars: whole).decimal }
        let part = part.withLock(\.self)
        return part == 0 ? String(whole) : PrometheusText.number(Double(whole) + part)
    }
}

/// A number that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler {
    private let current = Mutex<Double>(0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    var value: String { PrometheusText.number(current.withLock(\.self)) }
}

/// How often values lay below each of a few bounds.
final class HistogramSeries: RecorderHandler, TimerHandler {
    private struct State {
        var counts: [Int]
        var sum = 0.0
        var count = 0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: bounds.map { _ in 0 }))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        state.withLock { state in
            if let bucket = bounds.firstIndex(where: { value <= $0 }) { state.counts[bucket] += 1 }
            state.sum += value
            state.count += 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func samples(_ labels: [MetricLabel]) -> [MetricSample] {
        let state = state.withLock(\.self)
        var below = 0
        let buckets = zip(bounds, state.counts).map { bound, count in
            below += count
            return MetricSample(
                suffix: "_bucket", labels: labels + [MetricLabel("le", PrometheusText.number(bound))],
                value: String(below))
        }
        return buckets + [
            MetricSample(suffix: "_bucket", labels: labels + [MetricLabel("le", "+Inf")], value: String(state.count)),
            MetricSample(suffix: "_sum", labels: labels, value: PrometheusText.number(state.sum)),
            MetricSample(suffix: "_count", labels: labels, value: String(state.count)),
        ]
    }
}
