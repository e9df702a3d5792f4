import CachePrices
import PromptCache
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A warmer survives what goes wrong, and stops only what is at fault")
struct FaultToleranceTests {
    private struct Lost: Error {}

    @Test("An overloaded upstream is tried again within the lifetime, and the grid stays")
    func overloaded() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.next(status: 529, times: 2)
        await rig.clock.advance(seconds: 400)
        // 240: refused after 0.9 s, 0.5 s later again, then 1 s later: the hit is the new anchor.
        #expect(rig.call.times == [0, 240, 241.4, 243.3, 483.3])
        #expect(rig.ticks.map(\.calls) == [1, 3, 1])
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .hit, .hit])
        await rig.warmer.stop()
    }

    @Test("An upstream that is down for hours is asked seldom, and spends nothing")
    func down() async throws {
        let rig = Rig()
        rig.call.next(status: 529, times: 10_000)
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 4 * 3600)
        #expect(rig.call.times.count < 400)
        #expect(await rig.warmer.spentToday() == .zero)
        await rig.stop()
    }

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

    @Test("An unknown model stops its scopes; a request at fault stops itself")
    func modelAndScope() async throws {
        let rig = Rig()
        rig.call.next(status: 404, type: "not_found_error")
        try await rig.start(try Prompts.scope("a", policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 1)
        rig.call.next(status: 413, type: "request_too_large")
        try await rig.warmer.add(
            try Prompts.scope("b", body: Prompts.body("b", model: "claude-opus-5"), policy: "every:240s@5m"))
        try await rig.warmer.add(
            try Prompts.scope("c", body: Prompts.body("c", model: "claude-opus-5"), policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 500)
        #expect(await rig.warmer.status.map { $0.stopReason != nil } == [true, true, false])
        await rig.warmer.stop()
    }

    @Test("Where max_tokens 0 is refused one token is asked for, and that is remembered", arguments: [400, 422])
    func ladder(status: Int) async throws {
        let rig = Rig()
        rig.call.next(status: status, type: "invalid_request_error")
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 300)
        let asked = try rig.call.sent.map { try MessagesRequest($0.request.body).maxTokens }
        #expect(asked == [0, 1, 1])
        #expect(rig.ticks.map(\.rung) == [.one, .one])
        await rig.warmer.stop()
    }

    @Test("A request that is refused with 0 and with 1 stops its scope, and the refusal is not laid to the upstream")
    func refusedTwice() async throws {
        let rig = Rig()
        rig.call.next(status: 400, type: "invalid_request_error", times: 2)
        try await rig.start(try Prompts.scope("a", policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        try await rig.warmer.add(try Prompts.scope("b", policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        let asked = try rig.call.sent.map { try MessagesRequest($0.request.body).maxTokens }
        #expect(asked == [0, 1, 0])
        await rig.warmer.stop()
    }

    @Test("A call that was lost on the way counts as spent at its worst; one that never left does not")
    func lost() async throws {
        let rig = Rig()
        rig.call.next({ _ in throw NotSent("connection refused") }, { _ in throw Lost() })
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        let tick = try #require(rig.ticks.first)
        #expect(tick.calls == 3)
        let truth = try #require(PriceList.builtIn.cost(of: tick.usage, model: tick.model)).total
        #expect(tick.cost > truth)
        #expect(await rig.warmer.spentToday() == tick.cost)
        await rig.warmer.stop()
    }

    @Test("A verified miss is confirmed at once; once it hits, all goes on as before")
    func missConfirmed() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.call.evict()
        await rig.clock.advance(seconds: 400)
        #expect(rig.call.times == [0, 240, 242, 482])
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .rewritten, .hit, .hit])
        guard case .pinged(_, .evictedEarly?) = rig.ticks[1].outcome else {
            Issue.record("\(rig.ticks[1].outcome)")
            return
        }
        await rig.warmer.stop()
    }

    @Test("Pings that keep writing what they should read stop the scope")
    func diverged() async throws {
        let rig = Rig()
        let write: @Sendable (WarmRequest) throws -> WarmResponse? = { _ in
            WarmResponse(status: 200, usage: Usage(input: 3, write5m: 2000))
        }
        for _ in 0..<20 { rig.call.next(write) }
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 7200)
        #expect(rig.call.times.count <= 5)
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.nextAt == nil)
        #expect(status.reason.contains("not what is cached"))
        await rig.warmer.stop()
    }

    @Test("A spent budget refuses with the time from which it may go on, and then it does")
    func budget() async throws {
        // A ping reserves about 0.02 USD at worst and costs a tenth: after some pings the day is used up.
        let rig = Rig(budget: .perDay(.usd("0.03")))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 86_400 + 600)
        #expect(await rig.warmer.spentToday() <= .usd("0.03"))
        let refused = rig.ticks.filter { if case .refused = $0.outcome { true } else { false } }
        #expect(refused.count == 1)
        let last = try #require(rig.ticks.last)
        #expect(last.at.elapsed >= .at(86_400))
        #expect(last.verdict != nil)
        await rig.warmer.stop()
    }

    @Test("A model that thinks with a budget is never pinged without leave, and says why")
    func thinking() async throws {
        let rig = Rig()
        let body = Prompts.body(extra: #""thinking":{"type":"enabled","budget_tokens":2000},"#)
        try await rig.start(try Prompts.scope(body: body))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times.isEmpty)
        #expect(await rig.warmer.status.first?.stopReason?.contains("above the budget") == true)
        await rig.warmer.stop()
    }
}
