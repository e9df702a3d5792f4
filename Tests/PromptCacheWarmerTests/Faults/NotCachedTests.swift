import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A prompt that the provider does not cache")
struct NotCachedTests {
    @Test(
        "stops its scope after two pings, and says which of the two reasons it is",
        arguments: [(300, MissCause.belowMinimum), (3000, .notMarked)])
    func stops(tokens: Int, cause: MissCause) async throws {
        let rig = Rig()
        let plain: @Sendable (WarmRequest) throws -> WarmResponse? = { _ in
            WarmResponse(status: 200, usage: Usage(input: tokens))
        }
        for _ in 0..<5 { rig.call.next(plain) }
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 3600)
        #expect(rig.call.times.count == 2)
        #expect(rig.ticks.map(\.outcome) == [.pinged(.uncached, cause), .pinged(.uncached, cause)])
        #expect(await rig.warmer.status(of: "support").first?.reason.contains("not cached") == true)
        await rig.stop()
    }
}
