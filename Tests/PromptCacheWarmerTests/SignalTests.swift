import PromptCache
import Testing
import WarmerTesting

@testable import PromptCacheWarmer
@testable import WarmingPolicies

@Suite("What hosts know and tell")
struct SignalTests {
    @Test("A sub-agent's scope is never pinged by the adaptive policy")
    func subAgents() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        for _ in 0..<60 {
            rig.warmer.noteArrival(of: "support", isSubAgent: true)
            await rig.clock.advance(seconds: 420)
        }
        #expect(rig.ticks.isEmpty)
        #expect(await rig.warmer.status(of: "support").first?.totals.arrivals == 60)
        await rig.stop()
    }

    @Test("What the conversation waits for is learned from, also when it is told after the response")
    func awaits() async throws {
        let store = InMemoryExperienceStore()
        let rig = Rig(experience: store)
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        let start = rig.clock.now.elapsed
        rig.warmer.noteArrival(of: "support", at: start)
        await rig.clock.advance(seconds: 20)
        rig.warmer.noteArrival(of: "support", at: start, awaits: .human)
        await rig.clock.advance(seconds: 1)
        await rig.stop()
        let stored = try #require(try await store.experience(["scope support"])["scope support"])
        let history = try #require(ScopeHistory(stored, policy: .adaptive, verifies: true, shift: .zero))
        #expect(history.schedule.learned?.gap?.context.awaits == .human)
        #expect(history.schedule.learned?.arrivals == 1)
    }

    @Test("A request that is told of twice is one, with what was told first in the ledger")
    func twice() async throws {
        let ledger = InMemoryLedger()
        let rig = Rig(ledger: ledger)
        try await rig.start(try Prompts.scope(policy: "idle:1@5m"))
        let start = rig.clock.now.elapsed
        rig.warmer.noteArrival(of: "support", at: start)
        await rig.clock.advance(seconds: 10)
        rig.warmer.noteArrival(of: "support", at: start, usage: Usage(read: 1500), awaits: .human)
        await rig.clock.advance(seconds: 10)
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.totals.arrivals == 1)
        #expect(status.lastUsage == Usage(read: 1500))
        #expect(try await ledger.rows(from: .distantPast, to: .distantFuture).count == 1)
        await rig.stop()
    }

    @Test("A scope that is kept is held until then, and one that is dropped not a ping longer")
    func overrides() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        #expect(await rig.warmer.keep("support", until: rig.clock.now.elapsed + .seconds(3600)))
        await rig.clock.advance(seconds: 7200)
        #expect(rig.ticks.count == 13)
        #expect(rig.ticks.dropFirst().allSatisfy { $0.verdict == .hit && $0.reason.contains("kept whatever it costs") })
        rig.arrive()
        await rig.clock.advance(seconds: 1)
        #expect(await rig.warmer.drop("support"))
        await rig.clock.advance(seconds: 7200)
        #expect(rig.ticks.count == 13)
        #expect(await rig.warmer.keep("nobody", until: .at(0)) == false)
        #expect(await rig.warmer.drop("nobody") == false)
        await rig.stop()
    }

    @Test("Both outlive a restart")
    func restart() async throws {
        let store = InMemoryExperienceStore()
        let rig = Rig(experience: store)
        try await rig.start(try Prompts.scope(policy: "off@5m"), try Prompts.scope("other", policy: "idle:9@5m"))
        await rig.warmer.keep("support", until: rig.clock.now.elapsed + .seconds(7200))
        rig.warmer.noteArrival(of: "other")
        await rig.clock.advance(seconds: 1)
        await rig.warmer.drop("other")
        await rig.stop()
        let after = Rig(experience: store, clock: rig.clock)
        try await after.start(try Prompts.scope(policy: "off@5m"), try Prompts.scope("other", policy: "idle:9@5m"))
        await after.clock.advance(seconds: 3600)
        #expect(after.ticks.count { $0.scope == "support" } == 12 || after.ticks.count { $0.scope == "support" } == 13)
        #expect(after.ticks.count { $0.scope == "other" } == 0)
        await after.stop()
    }
}
