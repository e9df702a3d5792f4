import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A rate limit that is nearly used up")
struct ScarceLimitsTests {
    private static func left(_ share: Double, reset: Double) -> @Sendable (WarmRequest) throws -> WarmResponse? {
        { _ in
            WarmResponse(
                status: 200, usage: Usage(input: 3, read: 1200),
                limits: LimitReading(share: share, resetAt: .at(reset)))
        }
    }

    @Test("is left to real traffic until a quarter of it is free again")
    func yields() async throws {
        let rig = Rig()
        try await rig.start(
            try Prompts.scope("a", policy: "every:200s@5m"), try Prompts.scope("b", policy: "every:205s@5m"))
        await rig.clock.advance(seconds: 100)
        // Full again after 60 s, so a quarter after 20 s: (0.25 − 0.1) / 0.9 of a minute is 10 s.
        rig.call.next(Self.left(0.1, reset: 260.9))
        await rig.clock.advance(seconds: 106)
        let status = try #require(await rig.warmer.status(of: "b").first)
        #expect(status.reason == "waits: 10 % of a rate limit is left, and real traffic goes first")
        await rig.clock.advance(seconds: 10)
        #expect(rig.call.times.map { ($0 * 1000).rounded() } == [0, 0, 200_000, 210_900])
        await rig.stop()
    }

    @Test("holds nobody up once a response says that it has recovered")
    func recovers() async throws {
        let rig = Rig()
        try await rig.start(
            try Prompts.scope("a", policy: "every:200s@5m"), try Prompts.scope("b", policy: "every:200.5s@5m"),
            try Prompts.scope("c", policy: "every:203s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.next(Self.left(0.1, reset: 260.9), Self.left(0.9, reset: 260.9))
        await rig.clock.advance(seconds: 106)
        // The second was under way already when the first one's answer came.
        #expect(rig.call.times == [0, 0, 0, 200, 200.5, 203])
        await rig.stop()
    }
}
