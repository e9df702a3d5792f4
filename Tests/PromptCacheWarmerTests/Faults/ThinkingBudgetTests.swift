import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A model that thinks with a budget")
struct ThinkingBudgetTests {
    @Test("A model that thinks with a budget is never pinged without leave, and says why")
    func thinking() async throws {
        let rig = Rig()
        let body = Prompts.body(extra: #""thinking":{"type":"enabled","budget_tokens":2000},"#)
        try await rig.start(try Prompts.scope(body: body))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times.isEmpty)
        #expect(await rig.warmer.status.first?.stopReason?.contains("above the budget") == true)
        await rig.warmer.stop()
    }
}
