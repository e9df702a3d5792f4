import CachePrices
import Foundation
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Testing
import WarmerTesting
import WarmingPolicies

@Suite("A scope is held for days on end")
struct HoldingForADayTests {
    /// An upstream whose answers take a log-normal time with a median of 0.9 s and a 99th percentile of 6 s, and that is
    /// overloaded once in a hundred calls.
    private func answers(seed: UInt64) -> @Sendable () -> (latency: Duration, isOverloaded: Bool) {
        let random = Mutex(SeededRandom(seed: seed))
        return {
            random.withLock { random in
                // Twelve even numbers add up to nearly a normal one.
                let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
                // ln(6 / 0.9) / 2.326
                let latency = 0.9 * exp(0.8156 * normal)
                return (.seconds(latency), Double.random(in: 0..<1, using: &random) < 0.01)
            }
        }
    }

    @Test("It lapses never and takes at most 12.4 pings an hour", arguments: 1...3 as ClosedRange<UInt64>)
    func day(seed: UInt64) async throws {
        let rig = Rig()
        rig.call.behave(answers(seed: seed))
        try await rig.start(try Prompts.scope(policy: "every:299s@5m"))
        await rig.clock.advance(seconds: 86_400)
        let verdicts = rig.ticks.map(\.verdict)
        #expect(verdicts.dropFirst().allSatisfy { $0 == .hit })
        #expect(verdicts.count <= Int(12.4 * 24))
        await rig.stop()
    }

    @Test("A week of a user's bursts with two pings after each leaves nothing under way and every cent accounted for")
    func week() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "idle:2@5m"))
        var random = SeededRandom(seed: 7)
        var arrivals = 0
        while rig.clock.now.elapsed < .at(7 * 86_400) {
            rig.arrive()
            arrivals += 1
            await rig.clock.advance(seconds: Double.random(in: 10...5000, using: &random))
        }
        #expect(rig.ticks.count <= 2 * arrivals)
        #expect(rig.ticks.allSatisfy { $0.verdict == .hit })
        let status = try #require(await rig.warmer.status.first)
        #expect(status.totals.arrivals == arrivals)
        #expect(status.totals.spent == rig.ticks.reduce(.zero) { $0 + $1.cost })
        await rig.stop()
    }
}
