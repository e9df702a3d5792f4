import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("Pings that are another prefix than the one cached")
struct DivergenceTests {
    @Test("Pings that keep writing what they should read stop the scope")
    func diverged() async throws {
        let rig = Rig()
        let write: @Sendable (WarmRequest) throws -> WarmResponse? = { _ in
            WarmResponse(status: 200, usage: Usage(input: 3, write5m: 2000))
        }
        for _ in 0..<20 { rig.call.next(write) }
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 7200)
        #expect(rig.call.times.count <= 5)
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.nextAt == nil)
        #expect(status.reason.contains("not what is cached"))
        await rig.warmer.stop()
    }
}
