import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A model that the upstream does not know, and a request that it refuses")
struct UnknownModelTests {
    @Test("An unknown model stops its scopes; a request at fault stops itself")
    func modelAndScope() async throws {
        let rig = Rig()
        rig.call.next(status: 404, type: "not_found_error")
        try await rig.start(try Prompts.scope("a", policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 1)
        rig.call.next(status: 413, type: "request_too_large")
        try await rig.warmer.add(
            try Prompts.scope("b", body: Prompts.body("b", model: "claude-opus-5"), policy: "every:240s@5m"))
        try await rig.warmer.add(
            try Prompts.scope("c", body: Prompts.body("c", model: "claude-opus-5"), policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 500)
        #expect(await rig.warmer.status.map { $0.stopReason != nil } == [true, true, false])
        await rig.warmer.stop()
    }
}
