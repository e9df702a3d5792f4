import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("What a ping may cost at worst")
struct WorstCaseTests {
    /// Enough for the 5,000 bytes of a scope's body, however few bytes a token has; not for much more.
    private static let budget = Budget(perDay: .usd("10"), perPing: .usd("0.04"))

    private func warmer(_ rig: Rig, _ scope: WarmScope) async throws {
        var scope = scope
        scope.budget = Self.budget
        try await rig.start(scope)
    }

    @Test("is not that of a user's request with a long conversation behind the prompt")
    func longArrival() async throws {
        let rig = Rig()
        try await warmer(rig, try Prompts.scope(policy: "idle:2/240s@5m"))
        rig.call.touch(at: rig.clock.now.elapsed)
        rig.warmer.noteArrival(of: "support", usage: Usage(input: 150_000, read: 1500))
        await rig.clock.advance(seconds: 300)
        #expect(rig.ticks.map(\.verdict) == [.hit])
        await rig.stop()
    }

    @Test("is that of the shared prefix, where only that is sent")
    func sharedPrefix() async throws {
        let rig = Rig()
        let tail = String(repeating: "and so on ", count: 20_000)
        let body = String(decoding: Prompts.body("support"), as: UTF8.self).replacing("Hello?", with: tail)
        var scope = try Prompts.scope(body: Array(body.utf8))
        scope.form = .sharedPrefix
        try await warmer(rig, scope)
        await rig.clock.advance(seconds: 10)
        #expect(rig.ticks.map(\.verdict) == [.rewritten])
        await rig.stop()
    }

    @Test("is what a ping of the same body has counted, once there was one")
    func counted() async throws {
        let rig = Rig()
        let body = Prompts.body("support")
        rig.call.next { _ in WarmResponse(status: 200, usage: Usage(input: 3, write5m: 900)) }
        var scope = try Prompts.scope(body: body, policy: "every:240s@5m")
        scope.verifies = false
        try await rig.start(scope)
        await rig.clock.advance(seconds: 10)
        let price = try #require(PriceList.builtIn.price(of: ModelID("claude-sonnet-5-5")))
        let worst = price.worstCase(tokens: 903, lifetime: .fiveMinutes, maxOutput: 0)
        #expect(await rig.warmer.limit(to: Budget(perDay: .usd("10"), perPing: worst)))
        await rig.clock.advance(seconds: 240)
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .rewritten])
        await rig.stop()
    }
}
