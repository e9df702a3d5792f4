import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("An upstream that refuses max_tokens 0")
struct RefusedZeroTests {
    @Test("Where max_tokens 0 is refused one token is asked for, and that is remembered", arguments: [400, 422])
    func ladder(status: Int) async throws {
        let rig = Rig()
        rig.call.next(status: status, type: "invalid_request_error")
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 300)
        let asked = try rig.call.sent.map { try MessagesRequest($0.request.body).maxTokens }
        #expect(asked == [0, 1, 1])
        #expect(rig.ticks.map(\.rung) == [.one, .one])
        await rig.warmer.stop()
    }

    @Test("A request that is refused with 0 and with 1 stops its scope, and the refusal is not laid to the upstream")
    func refusedTwice() async throws {
        let rig = Rig()
        rig.call.next(status: 400, type: "invalid_request_error", times: 2)
        try await rig.start(try Prompts.scope("a", policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        try await rig.warmer.add(try Prompts.scope("b", policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        let asked = try rig.call.sent.map { try MessagesRequest($0.request.body).maxTokens }
        #expect(asked == [0, 1, 0])
        await rig.warmer.stop()
    }
}
