import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A key that is rejected")
struct RejectedKeyTests {
    @Test("A rejected key stops the scopes that use it and no others; resumed, they go on")
    func credential() async throws {
        let clock = SteppedClock()
        let (bad, good) = (ScriptedCall(clock: clock), ScriptedCall(clock: clock))
        bad.next(status: 401, type: "authentication_error", times: 2)
        let warmer = CacheWarmer(
            clients: ["bad": bad, "good": good], options: WarmerOptions(clock: clock, random: { 0 }))
        for (name, upstream) in [("a", "bad"), ("b", "bad"), ("c", "good")] {
            var scope = try Prompts.scope(name, policy: "every:240s@5m")
            scope.upstream = upstream
            try await warmer.add(scope)
        }
        await warmer.start()
        await clock.advance(seconds: 1000)
        #expect(bad.times.count == 2)
        #expect(good.times.count == 5)
        let reason = try #require(await warmer.status(of: "a").first?.stopReason)
        #expect(reason.contains("401") && reason.contains("mend the key"))
        await warmer.resume("a")
        await clock.advance(seconds: 10)
        #expect(bad.times.count == 3)
        await warmer.stop()
    }
}
