import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("More scopes at once than the pace allows")
struct CrowdTests {
    @Test("are written one after the other, in the order in which they were added")
    func inLine() async throws {
        let rig = Rig(pingsPerSecond: 1)
        for number in 0..<20 { try await rig.warmer.add(try Prompts.scope("s\(number)", policy: "every:240s@5m")) }
        await rig.warmer.start()
        await rig.clock.advance(seconds: 30)
        #expect(rig.ticks.map(\.scope) == (0..<20).map { "s\($0)" })
        let gaps = zip(rig.call.times, rig.call.times.dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 >= 0.9 })
        await rig.stop()
    }

    @Test("never push out what is held already: the pace goes to the living, and the rest waits")
    func livingFirst() async throws {
        // 100 pings in 240 s are what the pace allows, and there are 150 scopes.
        let rig = Rig(pingsPerSecond: 100.0 / 240)
        for number in 0..<150 { try await rig.warmer.add(try Prompts.scope("s\(number)", policy: "every:240s@5m")) }
        await rig.warmer.start()
        await rig.clock.advance(seconds: 4 * 3600)
        let rewritten = rig.ticks.filter { $0.verdict == .rewritten }.count
        #expect(rig.ticks.count > 4 * 3600 / 240 * 95)
        #expect(rewritten < 150)
        await rig.stop()
    }
}
