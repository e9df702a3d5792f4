import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("An upstream that says when to come again")
struct RetryAfterTests {
    private static func busy(_ seconds: Int) -> @Sendable (WarmRequest) throws -> WarmResponse? {
        { _ in WarmResponse(status: 429, advice: RetryAdvice(delay: .seconds(seconds))) }
    }

    @Test("is asked again then, and the ping is a hit if that is within the lifetime")
    func honoured() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.next(Self.busy(30))
        await rig.clock.advance(seconds: 200)
        #expect(rig.call.times == [0, 240, 270.9])
        #expect(rig.ticks.last?.verdict == .hit)
        await rig.stop()
    }

    @Test("is not asked before by any other scope of that model, while other models go on")
    func shared() async throws {
        let rig = Rig()
        let other = Prompts.body("c", model: "claude-opus-5-5")
        try await rig.start(
            try Prompts.scope("a", policy: "every:240s@5m"), try Prompts.scope("b", policy: "every:241s@5m"),
            try Prompts.scope("c", body: other, policy: "every:242s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.next(Self.busy(30))
        await rig.clock.advance(seconds: 145)
        let waiting = try #require(await rig.warmer.status(of: "b").first)
        #expect(waiting.reason == "waits as the provider asked for with 429")
        #expect(waiting.nextAt.map { $0 - .at(0) } == .milliseconds(270_900))
        await rig.clock.advance(seconds: 55)
        #expect(rig.call.times.dropFirst(3) == [240, 242, 270.9, 270.9])
        #expect(rig.ticks.allSatisfy { $0.verdict == .hit || $0.at.elapsed < .at(1) })
        await rig.stop()
    }

    @Test("after the lifetime is let go: the next ping is a fresh decision")
    func tooLate() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "idle:5/240s@5m"))
        rig.arrive()
        await rig.clock.advance(seconds: 100)
        rig.call.next(Self.busy(120))
        await rig.clock.advance(seconds: 2000)
        #expect(rig.call.times == [240])
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.reason.contains("the next arrival will write it"))
        await rig.stop()
    }
}
