import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("What a warmer has seen outlives its process")
struct ExperienceTests {
    /// Somebody comes every seven minutes.
    private func teach(_ rig: Rig, times: Int = 30) async {
        for _ in 0..<times {
            rig.arrive()
            await rig.clock.advance(seconds: 420)
        }
    }

    private func decision(_ rig: Rig) async -> (at: Moment?, pings: Bool?, reason: String?) {
        let status = await rig.warmer.status(of: "support").first
        return (status?.nextAt, status?.nextIsPing, status?.reason)
    }

    @Test(
        "and the first decision after a restart is the one that an uninterrupted run makes",
        arguments: ["adaptive", "idle:5@5m", "break-even@5m"])
    func sameDecision(policy: String) async throws {
        let (store, untouched) = (InMemoryExperienceStore(), Rig())
        let before = Rig(experience: store)
        for rig in [untouched, before] {
            try await rig.start(try Prompts.scope(policy: policy))
            await teach(rig)
            rig.arrive()
            await rig.clock.advance(seconds: 100)
        }
        await before.stop()
        let after = Rig(experience: store, clock: before.clock, call: before.call)
        try await after.start(try Prompts.scope(policy: policy))
        await untouched.clock.advance(
            seconds: (after.clock.now.elapsed - untouched.clock.now.elapsed) / .seconds(1))
        #expect(await decision(after) == decision(untouched))
        for rig in [untouched, after] {
            await rig.clock.advance(seconds: 200)
            await teach(rig, times: 3)
            await rig.clock.advance(seconds: 86_400)
        }
        let from = after.ticks.first?.at.elapsed
        #expect(after.ticks.count > 3)
        let others = untouched.ticks.filter { $0.at.elapsed >= from ?? .distantFuture }
        #expect(after.ticks.map(\.at) == others.map(\.at))
        #expect(after.ticks.map(\.reason) == others.map(\.reason))
        for rig in [untouched, after] { await rig.stop() }
    }

    @Test("A scope of another prompt takes over what was learned, but not what was cached")
    func otherPrompt() async throws {
        let store = InMemoryExperienceStore()
        let before = Rig(experience: store)
        try await before.start(try Prompts.scope(policy: "adaptive"))
        await teach(before)
        await before.stop()
        let after = Rig(experience: store, clock: before.clock)
        try await after.start(try Prompts.scope(body: Prompts.body("another"), policy: "adaptive"))
        let status = try #require(await after.warmer.status(of: "support").first)
        #expect(status.lifeLeft == .zero)
        #expect(status.nextAt == nil)
        await teach(after, times: 3)
        #expect(after.ticks.count == 3)
        await after.stop()
    }

    @Test("A prompt that is replaced while the warmer runs takes it over too")
    func replaced() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        await teach(rig)
        let pings = rig.ticks.count
        try await rig.warmer.replace(try Prompts.scope(body: Prompts.body("another"), policy: "adaptive"))
        await teach(rig, times: 3)
        #expect(rig.ticks.count == pings + 3)
        await rig.stop()
    }

    @Test("Killed without a word it has lost no more than the last minute")
    func killed() async throws {
        let store = InMemoryExperienceStore()
        let rig = Rig(experience: store)
        try await rig.start(try Prompts.scope(policy: "idle:5@5m"))
        rig.arrive()
        await rig.clock.advance(seconds: 61)
        let after = Rig(experience: store, clock: rig.clock)
        try await after.start(try Prompts.scope(policy: "idle:5@5m"))
        #expect(await decision(after).pings == true)
        await after.stop()
        await rig.stop()
    }

    @Test("What cannot be read is not there: learning begins anew")
    func damaged() async throws {
        let store = InMemoryExperienceStore()
        let junk: [UInt8] = Array("no history at all".utf8)
        let names = ["shared", "gaps of warmer", "scope support"]
        try await store.merge([], at: .at(0)) { _ in Dictionary(names.map { ($0, junk) }) { first, _ in first } }
        let rig = Rig(experience: store)
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        #expect(await decision(rig).at == nil)
        await teach(rig)
        await rig.stop()
        let stored = try await store.experience(names)
        #expect(names.allSatisfy { (stored[$0] ?? junk) != junk })
    }

    @Test("A store that is out of order keeps nobody from warming, and is written to once it is well")
    func broken() async throws {
        let store = BrokenStore()
        let rig = Rig(experience: store)
        try await rig.start(try Prompts.scope(policy: "adaptive"))
        await teach(rig)
        #expect(rig.ticks.count > 10)
        store.isWell = true
        await teach(rig, times: 1)
        #expect(try await store.whole.experience(["scope support"]).count == 1)
        await rig.stop()
    }

    @Test("Scopes whose names do not last leave nothing behind")
    func nameless() async throws {
        let store = InMemoryExperienceStore()
        let rig = Rig(experience: store)
        var scope = try Prompts.scope(policy: "adaptive")
        scope.keepsHistory = false
        try await rig.start(scope)
        await teach(rig, times: 3)
        await rig.stop()
        #expect(try await store.experience(["scope support"]).isEmpty)
    }

    @Test("What such scopes have taught about all is shared with the other replicas, and outlives them")
    func taughtByNameless() async throws {
        let store = InMemoryExperienceStore()
        let rig = Rig(experience: store)
        var scope = try Prompts.scope(policy: "adaptive")
        scope.keepsHistory = false
        try await rig.start(scope)
        rig.arrive()
        await rig.clock.advance(seconds: 30)
        rig.arrive()
        await rig.clock.advance(seconds: 61)
        let early = try await store.experience(["shared"])
        #expect(!early.isEmpty)
        await teach(rig, times: 3)
        await rig.stop()
        #expect(try await store.experience(["shared"]) != early)
    }
}
