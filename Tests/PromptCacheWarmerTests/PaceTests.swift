import PromptCache
import Testing
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("The pace of pings")
struct PaceTests {
    private func reading(_ seconds: Double) -> ClockReading { ClockReading(elapsed: .at(seconds), wall: .at(seconds)) }

    @Test("Calls are spaced evenly, but for those that a late timer has held up")
    func spacing() {
        var pace = Pace(callsPerSecond: 2)
        var times: [Double] = []
        var now = Moment.at(0)
        for _ in 0..<5 {
            now = pace.nextFree(at: now)
            times.append((now - .at(0)) / .seconds(1))
            pace.take(at: now)
        }
        #expect(times == [0, 0.45, 0.95, 1.45, 1.95])
    }

    @Test("A long rest saves nothing up")
    func noSaving() {
        var pace = Pace(callsPerSecond: 2)
        pace.take(at: .at(0))
        #expect(pace.nextFree(at: .at(1000)) == .at(1000))
        pace.take(at: .at(1000))
        #expect(pace.nextFree(at: .at(1000)) - .at(1000) == .milliseconds(450))
    }

    @Test("A 429 or a 529 with retry-after ends every call until then, at most for an hour", arguments: [429, 529])
    func retryAfter(status: Int) {
        func busy(_ seconds: Int) -> WarmResponse {
            WarmResponse(status: status, advice: RetryAdvice(delay: .seconds(seconds)))
        }
        var pace = Pace(callsPerSecond: 50)
        pace.observe(busy(20), at: reading(0))
        #expect(pace.nextFree(at: .at(1)) == .at(20))
        pace.observe(busy(5), at: reading(1))
        #expect(pace.nextFree(at: .at(1)) == .at(20))
        #expect(pace.pause(at: .at(20)) == nil)
        pace.observe(busy(80_000), at: reading(100))
        #expect(pace.nextFree(at: .at(101)) == .at(3700))
    }

    @Test("Without retry-after each refusal in a row doubles the wait, up to eight seconds, and an answer ends that")
    func overloads() {
        var pace = Pace(callsPerSecond: 50)
        var now = 0.0
        var waits: [Double] = []
        for _ in 0..<6 {
            pace.observe(WarmResponse(status: 529), at: reading(now))
            // What was under way when the pause began tells nothing new.
            pace.observe(WarmResponse(status: 529), at: reading(now))
            let free = pace.nextFree(at: .at(now)) - .at(0)
            waits.append(free / .seconds(1) - now)
            now = free / .seconds(1)
        }
        #expect(waits == [0.5, 1, 2, 4, 8, 8])
        pace.observe(WarmResponse(status: 200), at: reading(now))
        pace.observe(WarmResponse(status: 529), at: reading(now))
        #expect(pace.nextFree(at: .at(now)) == .at(now + 0.5))
    }

    @Test(
        "It yields below a quarter, for as long as the limit takes to fill up to that",
        arguments: [(0.25, 0), (0.9, 0), (0.0, 15), (0.1, 10)] as [(Double, Double)])
    func yielding(share: Double, wait: Double) {
        var pace = Pace(callsPerSecond: 50)
        pace.observe(
            WarmResponse(status: 200, limits: LimitReading(share: share, resetAt: .at(60))), at: reading(0))
        #expect(pace.nextFree(at: .at(0)) == .at(wait))
    }

    @Test("The tightest limit counts, and headers that make no sense count for nothing")
    func headers() {
        func reading(_ headers: [String: String]) -> LimitReading? {
            LimitReading { headers[String($0.dropFirst("anthropic-ratelimit-".count))] }
        }
        let both = [
            "requests-limit": "100", "requests-remaining": "90", "requests-reset": "2026-01-05T00:01:00Z",
            "input-tokens-limit": "1000", "input-tokens-remaining": "100",
            "input-tokens-reset": "2026-01-05T00:00:30Z",
        ]
        #expect(reading(both) == LimitReading(share: 0.1, resetAt: .at(30)))
        #expect(reading([:]) == nil)
        #expect(reading(both.merging(["input-tokens-limit": "0"]) { $1 })?.share == 0.9)
        #expect(reading(both.merging(["input-tokens-reset": "soon"]) { $1 })?.share == 0.9)
        #expect(reading(both.merging(["input-tokens-remaining": "-5"]) { $1 })?.share == 0)
    }
}
