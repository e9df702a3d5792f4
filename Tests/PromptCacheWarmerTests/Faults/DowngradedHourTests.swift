import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("An hour that is silently treated as five minutes")
struct DowngradedHourTests {
    @Test("shows as such when the first ping after five minutes has to write")
    func shown() async throws {
        let rig = Rig()
        let short: @Sendable (WarmRequest) throws -> WarmResponse? = { _ in
            WarmResponse(status: 200, usage: Usage(input: 3, write5m: 1200))
        }
        rig.call.next(short, short)
        try await rig.start(try Prompts.scope(body: Prompts.body(ttl: "1h"), policy: "every:3000s@1h"))
        await rig.clock.advance(seconds: 3001)
        #expect(rig.ticks.last?.outcome == .pinged(.rewritten, .lifetimeDowngraded))
        await rig.stop()
    }
}
