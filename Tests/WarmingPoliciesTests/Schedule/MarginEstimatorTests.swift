import Foundation
import PromptCache
import SteppedTime
import Testing
import WarmingPolicies

@Suite struct MarginEstimatorTests {
    /// Log-normal latencies with a median of 0.9 s and a 99th percentile of 6 s.
    private func latency(_ random: inout SeededRandom) -> Double {
        let (a, b) = (Double.random(in: 0..<1, using: &random), Double.random(in: 0..<1, using: &random))
        let normal = (-2 * log(1 - a)).squareRoot() * cos(2 * .pi * b)
        return 0.9 * exp(normal * log(6 / 0.9) / 2.326)
    }

    @Test func `before it has seen enough it keeps nine seconds`() {
        var estimator = MarginEstimator()
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(9))
        for _ in 0..<99 { estimator.observe(seconds: 0.5) }
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(9))
        estimator.observe(seconds: 0.5)
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(2))
    }

    @Test func `one slow call changes nothing, and three do`() {
        var estimator = MarginEstimator()
        for _ in 0..<2 { estimator.observe(seconds: 20) }
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(9))
        estimator.observe(seconds: 20)
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(21))
    }

    @Test func `the 99th percentile and a second make the margin`() {
        var estimator = MarginEstimator()
        for hundredth in 1...100 { estimator.observe(seconds: Double(hundredth) / 4) }
        // Three of three hundred are slower than 24.25 s.
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(25.25))
    }

    @Test func `it never takes more than a fifth of the lifetime`() {
        var estimator = MarginEstimator()
        for _ in 0..<100 { estimator.observe(seconds: 10_000) }
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(60))
        #expect(estimator.margin(for: .oneHour) == .seconds(720))
    }

    @Test func `only the last 512 count`() {
        var estimator = MarginEstimator()
        for _ in 0..<400 { estimator.observe(seconds: 30) }
        for _ in 0..<508 { estimator.observe(seconds: 1) }
        #expect(estimator.count == 512)
        #expect(estimator.margin(for: .fiveMinutes) == .seconds(2))
    }

    @Test func `a usual upstream is held with 12.3 pings an hour`() {
        var random = SeededRandom(seed: 4)
        var estimator = MarginEstimator()
        for _ in 0..<5000 { estimator.observe(seconds: latency(&random)) }
        let perHour = .seconds(3600) / estimator.timing(for: .fiveMinutes).holdInterval
        #expect(12.2...12.4 ~= perHour)
    }

    @Test func `what is no time is passed over`() {
        var estimator = MarginEstimator()
        for seconds in [-1, .nan, .infinity] { estimator.observe(seconds: seconds) }
        #expect(estimator == MarginEstimator())
    }

    @Test func `stored and read back it goes on the same`() throws {
        var random = SeededRandom(seed: 5)
        var estimator = MarginEstimator()
        for _ in 0..<700 { estimator.observe(seconds: latency(&random)) }
        var restored = try JSONDecoder().decode(MarginEstimator.self, from: JSONEncoder().encode(estimator))
        for _ in 0..<300 {
            let seconds = latency(&random)
            estimator.observe(seconds: seconds)
            restored.observe(seconds: seconds)
            #expect(restored.margin(for: .fiveMinutes) == estimator.margin(for: .fiveMinutes))
        }
    }

    @Test func `a timing holds for the lifetime less the margin`() {
        #expect(Timing(lifetime: .fiveMinutes, margin: .seconds(7)).holdInterval == .seconds(293))
        #expect(Timing(lifetime: .fiveMinutes, margin: .seconds(-7)).holdInterval == .seconds(300))
        #expect(Timing(lifetime: .fiveMinutes, margin: .seconds(1000)).holdInterval == .seconds(150))
    }
}
