import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A ping that has failed is not tried again")
struct UnwantedRetryTests {
    private func failing(_ meanwhile: (Rig) async -> Void) async throws -> Rig {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 200)
        rig.call.next { _ in WarmResponse(status: 429, advice: RetryAdvice(delay: .seconds(20))) }
        await rig.clock.advance(seconds: 45)
        #expect(rig.call.times == [0, 240])
        await meanwhile(rig)
        await rig.clock.advance(seconds: 50)
        return rig
    }

    @Test("once a request has come, which has done the same")
    func arrival() async throws {
        let rig = try await failing { $0.arrive() }
        #expect(rig.call.times == [0, 240])
        #expect(rig.ticks.last?.outcome == .failed("a request has come meanwhile"))
        await rig.clock.advance(seconds: 230)
        #expect(rig.call.times == [0, 240, 485])
        #expect(rig.ticks.last?.verdict == .hit)
        await rig.stop()
    }

    @Test("while its scope is paused")
    func paused() async throws {
        let rig = try await failing { await $0.warmer.pause("support") }
        #expect(rig.call.times == [0, 240])
        #expect(rig.ticks.last?.outcome == .failed("paused meanwhile"))
        await rig.stop()
    }

    @Test("once its scope is removed, and that is told")
    func removed() async throws {
        let rig = try await failing { await $0.warmer.remove("support") }
        #expect(rig.call.times == [0, 240])
        #expect(rig.ticks.last?.outcome == .failed("the scope was replaced or removed meanwhile"))
        await rig.stop()
    }
}
