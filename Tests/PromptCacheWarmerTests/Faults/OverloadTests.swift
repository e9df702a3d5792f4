import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("An upstream that is overloaded")
struct OverloadTests {
    @Test("An overloaded upstream is tried again within the lifetime, and the grid stays")
    func overloaded() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.next(status: 529, times: 2)
        await rig.clock.advance(seconds: 400)
        // 240: refused after 0.9 s, 0.5 s later again, then 1 s later: the hit is the new anchor.
        #expect(rig.call.times == [0, 240, 241.4, 243.3, 483.3])
        #expect(rig.ticks.map(\.calls) == [1, 3, 1])
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .hit, .hit])
        await rig.warmer.stop()
    }

    @Test("An upstream that is down for hours is asked seldom, and spends nothing")
    func down() async throws {
        let rig = Rig()
        rig.call.next(status: 529, times: 10_000)
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 4 * 3600)
        #expect(rig.call.times.count < 400)
        #expect(await rig.warmer.spentToday() == .zero)
        await rig.stop()
    }
}
