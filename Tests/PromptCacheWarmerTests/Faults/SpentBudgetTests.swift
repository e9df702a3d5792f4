import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A budget that is spent")
struct SpentBudgetTests {
    @Test("A spent budget refuses with the time from which it may go on, and then it does")
    func budget() async throws {
        // A ping reserves about 0.02 USD at worst and costs a tenth: after some pings the day is used up.
        let rig = Rig(budget: .perDay(.usd("0.03")))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 86_400 + 600)
        #expect(await rig.warmer.spentToday() <= .usd("0.03"))
        let refused = rig.ticks.filter { if case .refused = $0.outcome { true } else { false } }
        #expect(refused.count == 1)
        let last = try #require(rig.ticks.last)
        #expect(last.at.elapsed >= .at(86_400))
        #expect(last.verdict != nil)
        await rig.warmer.stop()
    }
}
