import CachePrices
import PromptCache
import Testing

@testable import PromptCacheWarmer

@Suite("A gateway that fails between the warmer and the provider")
struct GatewayTests {
    @Test("says nothing of what the provider has billed, so that the worst case counts", arguments: [502, 504])
    func worstCase(status: Int) async throws {
        let rig = Rig()
        rig.call.next { _ in WarmResponse(status: status) }
        try await rig.start(try Prompts.scope())
        await rig.clock.advance(seconds: 10)
        let tick = try #require(rig.ticks.first)
        let written = CachePrices.PriceList.builtIn.cost(of: tick.usage, model: tick.model)?.total ?? .zero
        #expect(tick.calls == 2 && tick.verdict == .rewritten)
        #expect(tick.cost > written)
        await rig.stop()
    }

    @Test("costs nothing where the provider itself says that it failed", arguments: [500, 504, 529])
    func provider(status: Int) async throws {
        let rig = Rig()
        rig.call.next(status: status, type: "api_error")
        try await rig.start(try Prompts.scope())
        await rig.clock.advance(seconds: 10)
        let tick = try #require(rig.ticks.first)
        #expect(tick.cost == CachePrices.PriceList.builtIn.cost(of: tick.usage, model: tick.model)?.total)
        await rig.stop()
    }
}
