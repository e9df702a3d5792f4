import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("An answer without a usage")
struct NoUsageTests {
    @Test("counts as spent at its worst, and stops the scope: nobody knows whether it was cached")
    func noUsage() async throws {
        let rig = Rig()
        rig.call.next({ _ in WarmResponse(status: 200) })
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 3_600)
        let tick = try #require(rig.ticks.first)
        #expect(rig.ticks.count == 1 && tick.calls == 1)
        guard case .failed(let reason) = tick.outcome else {
            Issue.record("it was taken for an answer")
            return
        }
        #expect(reason.contains("bears no usage"))
        #expect(tick.cost > .zero)
        #expect(await rig.warmer.spentToday() == tick.cost)
        await rig.warmer.stop()
    }
}
