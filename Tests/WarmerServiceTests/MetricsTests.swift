import CoreMetrics
import Testing

@testable import WarmerService

@Suite("Metrics")
struct MetricsTests {
    @Test("are written in Prometheus' text format, families by name, series by labels")
    func text() {
        let metrics = PrometheusMetrics()
        Counter(label: "b_total", dimensions: [("kind", "y")], factory: metrics).increment(by: 2)
        Counter(label: "b_total", dimensions: [("kind", "x")], factory: metrics).increment()
        Counter(label: "b_total", dimensions: [("kind", "x")], factory: metrics).increment()
        Meter(label: "a.size", dimensions: [], factory: metrics).set(1.5)
        #expect(
            PrometheusText.text(metrics.scrape())
                == """
                # HELP a_size As its name says.
                # TYPE a_size gauge
                a_size 1.5
                # HELP b_total As its name says.
                # TYPE b_total counter
                b_total{kind="x"} 2
                b_total{kind="y"} 2

                """)
    }

    @Test("show money exactly, however little it is")
    func money() {
        let metrics = PrometheusMetrics()
        let counter = Counter(label: "spent_picodollars_total", factory: metrics)
        counter.increment(by: 1_000_000_000_001)
        #expect(PrometheusText.text(metrics.scrape()).hasSuffix("\nspent_usd_total 1.000000000001\n"))
    }

    @Test("count times in cumulative buckets of seconds")
    func histogram() {
        let metrics = PrometheusMetrics()
        let timer = Timer(label: "wait", dimensions: [], factory: metrics)
        timer.recordMilliseconds(Int64(5))
        timer.recordMilliseconds(Int64(6))
        timer.recordSeconds(Int64(600))
        let text = PrometheusText.text(metrics.scrape())
        #expect(text.contains("# TYPE wait_seconds histogram\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"0.005\"} 1\nwait_seconds_bucket{le=\"0.01\"} 2\n"))
        #expect(text.contains("wait_seconds_bucket{le=\"60\"} 2\nwait_seconds_bucket{le=\"+Inf\"} 3\n"))
        #expect(text.contains("wait_seconds_sum 600.011\nwait_seconds_count 3\n"))
    }

    @Test("escape what would end a label or a line, and put names into form")
    func escapes() {
        let metrics = PrometheusMetrics()
        Counter(label: "2 b-c", dimensions: [("the.model", "a\"b\\c\nd")], factory: metrics).increment()
        #expect(
            PrometheusText.text(metrics.scrape()).hasSuffix("\n_2_b_c_total{the_model=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test("are bounded: what would be a series too many is counted as other")
    func bounds() {
        let metrics = PrometheusMetrics()
        for number in 0..<1000 {
            Counter(label: "seen_total", dimensions: [("scope", "\(number)")], factory: metrics).increment()
        }
        let samples = metrics.scrape()[0].samples
        #expect(samples.count == PrometheusMetrics.mostSeries + 1)
        #expect(samples.first { $0.labels[0].value == "other" }?.value == "800")
    }

    @Test("keep a name to the kind that it had first")
    func kinds() {
        let metrics = PrometheusMetrics()
        Counter(label: "n_total", factory: metrics).increment()
        Meter(label: "n_total", factory: metrics).set(7)
        #expect(PrometheusText.text(metrics.scrape()).hasSuffix("# TYPE n_total counter\nn_total 1\n"))
    }
}
