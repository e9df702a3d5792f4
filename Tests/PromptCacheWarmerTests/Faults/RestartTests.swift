import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A warmer that begins without a history")
struct RestartTests {
    @Test(
        "sends nothing under a policy that waits for arrivals, until somebody comes",
        arguments: ["idle:5@5m", "break-even@5m", "off@5m"])
    func quiet(policy: String) async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: policy))
        await rig.clock.advance(seconds: 86_400)
        #expect(rig.call.times.isEmpty)
        await rig.stop()
    }
}
