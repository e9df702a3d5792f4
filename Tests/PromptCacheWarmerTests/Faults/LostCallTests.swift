import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A call that is lost on the way")
struct LostCallTests {
    private struct Lost: Error {}

    @Test("A call that was lost on the way counts as spent at its worst; one that never left does not")
    func lost() async throws {
        let rig = Rig()
        rig.call.next({ _ in throw NotSent("connection refused") }, { _ in throw Lost() })
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        let tick = try #require(rig.ticks.first)
        #expect(tick.calls == 3)
        let truth = try #require(PriceList.builtIn.cost(of: tick.usage, model: tick.model)).total
        #expect(tick.cost > truth)
        #expect(await rig.warmer.spentToday() == tick.cost)
        await rig.warmer.stop()
    }
}
