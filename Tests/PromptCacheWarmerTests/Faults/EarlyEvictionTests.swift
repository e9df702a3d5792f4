import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("An entry that is evicted early")
struct EarlyEvictionTests {
    @Test("A verified miss is confirmed at once; once it hits, all goes on as before")
    func missConfirmed() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.evict()
        await rig.clock.advance(seconds: 400)
        #expect(rig.call.times == [0, 240, 242, 482])
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .rewritten, .hit, .hit])
        guard case .pinged(_, .evictedEarly?) = rig.ticks[1].outcome else {
            Issue.record("\(rig.ticks[1].outcome)")
            return
        }
        await rig.warmer.stop()
    }
}
