import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("Warming once, for a deploy hook")
struct WarmOnceTests {
    private func warmer(_ call: ScriptedCall, _ clock: SteppedClock, config: WarmupConfig) throws -> CacheWarmer {
        try CacheWarmer(client: call, config: config, options: WarmerOptions(clock: clock, random: { 0 }))
    }

    private func config(breakpoints: Int = 0, interval: Duration = .seconds(240)) -> WarmupConfig {
        WarmupConfig(
            model: "claude-sonnet-5-5",
            system: [.text(Prompts.text(), cacheControl: breakpoints > 0 ? nil : .ephemeral)],
            breakpoints: breakpoints, interval: interval)
    }

    @Test("It writes, verifies with a second call, and counts both")
    func verified() async throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        let warmer = try warmer(call, clock, config: config())
        let result = try await clock.goOn { try await warmer.warm() }
        #expect(result.prefixes.map(\.verdict) == [.rewritten])
        #expect(result.isVerified == true)
        #expect(result.usage.written > 0 && result.usage.read == result.usage.written)
        #expect(await warmer.spentToday() == result.cost)
        #expect(call.sent.count == 2)
    }

    @Test("One miss right after the write proves nothing; three do")
    func verifyFails() async throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        let write: @Sendable (WarmRequest) throws -> WarmResponse? = { _ in
            WarmResponse(status: 200, usage: Usage(input: 3, write5m: 2000))
        }
        call.next({ _ in nil }, write)
        let first = try warmer(call, clock, config: config())
        #expect(try await clock.goOn { try await first.warm() }.isVerified == true)
        call.evict()
        call.next(write, write, write, write)
        let second = try warmer(call, clock, config: config())
        #expect(try await clock.goOn { try await second.warm() }.isVerified == false)
    }

    @Test("Breakpoints are placed where there are none")
    func placing() async throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        let warmer = try warmer(call, clock, config: config(breakpoints: 1))
        let result = try await clock.goOn { try await warmer.warm(verify: false) }
        #expect(result.prefixes.map(\.breakpoint) == ["system.0"])
        #expect(result.isVerified == nil)
    }

    @Test("An interval that is no shorter than the lifetime is refused at construction, with the reason")
    func interval() throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        let fault = #expect(throws: ScopeFault.self) {
            try warmer(call, clock, config: config(interval: .seconds(300)))
        }
        #expect(fault?.reason.contains("300") == true)
    }

    @Test("A refusal of the provider is an error that says what to do")
    func refused() async throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        call.next(status: 401, type: "authentication_error")
        let warmer = try warmer(call, clock, config: config())
        let failure = await #expect(throws: WarmFailure.self) { try await clock.goOn { try await warmer.warm() } }
        #expect(failure?.reason.contains("mend the key") == true)
    }

    @Test("Without a budget nothing is sent")
    func noBudget() async throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        var config = config()
        config.budget = .perDay(.zero)
        let warmer = try warmer(call, clock, config: config)
        await #expect(throws: WarmFailure.self) { try await clock.goOn { try await warmer.warm() } }
        #expect(call.sent.isEmpty)
    }

    @Test("What a failed call may have cost is told of, and is in the ledger")
    func failureIsTold() async throws {
        let clock = SteppedClock()
        let call = ScriptedCall(clock: clock)
        let ledger = InMemoryLedger()
        call.next(status: 401, type: "authentication_error")
        let warmer = CacheWarmer(
            clients: ["default": call], options: WarmerOptions(ledger: ledger, clock: clock, random: { 0 }))
        try await warmer.add(try Prompts.scope())
        await #expect(throws: WarmFailure.self) { try await clock.goOn { try await warmer.warm("support") } }
        let rows = try await ledger.rows(from: .distantPast, to: .distantFuture)
        #expect(rows.map(\.outcome) == [.failed])
        call.next { _ in throw UnknownEnd() }
        call.next(status: 400, type: "other_error")
        await #expect(throws: WarmFailure.self) { try await clock.goOn { try await warmer.warm("support") } }
        let last = try #require(try await ledger.rows(from: .distantPast, to: .distantFuture).last)
        let cost = try #require(last.cost)
        #expect(cost > .zero)
        #expect(await warmer.spentToday() == cost)
    }

    private struct UnknownEnd: Error {}

    @Test("A ping that is under way is waited for, and none goes beside it")
    func oneAtATime() async throws {
        let rig = Rig(latency: .seconds(10))
        try await rig.start(try Prompts.scope())
        await rig.clock.advance(seconds: 2)
        let result = try await rig.clock.goOn { [warmer = rig.warmer] in
            async let first = warmer.warm("support", verify: false)
            async let second = warmer.warm("support", verify: false)
            return try await [first, second]
        }
        #expect(result.allSatisfy { $0.prefixes.map(\.verdict) == [.hit] })
        #expect(rig.call.times == [0, 10, 20])
        await rig.stop()
    }
}
