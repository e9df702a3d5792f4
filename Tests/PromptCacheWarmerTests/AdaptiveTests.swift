import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A warmer with the adaptive policy")
struct AdaptiveTests {
    @Test("sends nothing before anybody comes, and lets go of what nobody comes back to")
    func letsGo() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        await rig.clock.advance(seconds: 3600)
        #expect(rig.call.times.isEmpty)
        rig.arrive()
        await rig.clock.advance(seconds: 7 * 86_400)
        #expect(rig.call.times.count <= 36)
        #expect(await rig.warmer.status(of: "support").first?.nextAt == nil)
        await rig.stop()
    }

    @Test("learns that somebody comes every seven minutes, and holds the scope from one time to the next")
    func learns() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        for _ in 0..<200 {
            rig.arrive()
            await rig.clock.advance(seconds: 420)
        }
        let before = rig.ticks.count
        for _ in 0..<20 {
            rig.arrive()
            await rig.clock.advance(seconds: 420)
        }
        #expect(rig.ticks.count - before == 20)
        #expect(rig.ticks.allSatisfy { $0.verdict == .hit })
        #expect(rig.ticks.allSatisfy { $0.expectedValue.map { $0 > .zero } ?? false }, "each was expected to gain")
        await rig.stop()
    }
}
