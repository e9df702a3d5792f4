import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("Answers that take their time")
struct SlowAnswerTests {
    @Test("shift nothing: the schedule is counted from starts")
    func starts() async throws {
        let rig = Rig(latency: .seconds(100))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times == [0, 240, 480, 720, 960])
        await rig.stop()
    }

    @Test("that are slow every time teach the warmer to start earlier")
    func margin() async throws {
        let rig = Rig(latency: .seconds(20))
        try await rig.start(try Prompts.scope(policy: "every:299s@5m"))
        await rig.clock.advance(seconds: 20 * 300)
        let gaps = zip(rig.call.times, rig.call.times.dropFirst()).map { $1 - $0 }
        #expect(gaps.first == 291)
        #expect(gaps.last == 279)
        #expect(rig.ticks.dropFirst().allSatisfy { $0.verdict == .hit })
        await rig.stop()
    }

    @Test("longer than the lifetime never start a second ping beside the first")
    func oneAtATime() async throws {
        let rig = Rig(latency: .seconds(700))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 3000)
        #expect(rig.call.times.count <= 5)
        await rig.stop()
    }
}
