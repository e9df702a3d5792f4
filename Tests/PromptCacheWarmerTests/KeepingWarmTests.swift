import CachePrices
import PromptCache
import SteppedTime
import Testing
import WarmerTesting
import WarmingPolicies

@testable import PromptCacheWarmer

@Suite("A warmer keeps its scopes warm")
struct KeepingWarmTests {
    @Test("It writes at once and then pings on the grid of starts, whatever calls take")
    func grid() async throws {
        let rig = Rig(latency: .seconds(6))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times == [0, 240, 480, 720, 960])
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .hit, .hit, .hit, .hit])
        await rig.warmer.stop()
    }

    @Test("Pings ask for no output, without a stream, and are the same bytes each time")
    func bytes() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(body: Prompts.body(extra: #""stream":true,"#), policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 500)
        let bodies = Set(rig.call.sent.map(\.request.body))
        #expect(bodies.count == 1)
        let ping = try MessagesRequest(try #require(bodies.first))
        #expect(ping.maxTokens == 0)
        #expect(!ping.isStreaming)
        await rig.warmer.stop()
    }

    @Test("An arrival postpones the next ping")
    func arrival() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 100)
        rig.arrive()
        await rig.clock.advance(seconds: 300)
        #expect(rig.call.times == [0, 340])
        await rig.warmer.stop()
    }

    @Test("With idle:2 nothing is sent before the first arrival, then two pings follow and no more")
    func idle() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "idle:2/240s@5m"))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times.isEmpty)
        rig.arrive()
        await rig.clock.advance(seconds: 5000)
        #expect(rig.call.times == [1240, 1480])
        let status = try #require(await rig.warmer.status(of: "support").first)
        #expect(status.nextAt == nil)
        #expect(status.reason.contains("spent"))
        await rig.warmer.stop()
    }

    @Test("Many scopes run side by side on schedules of their own")
    func many() async throws {
        let rig = Rig()
        try await rig.start(
            try Prompts.scope("a", policy: "every:100s@5m"), try Prompts.scope("b", policy: "every:250s@5m"),
            try Prompts.scope("c", body: Prompts.body("c", ttl: "1h"), policy: "every:1000s@1h"))
        await rig.clock.advance(seconds: 999)
        let counts = Dictionary(grouping: rig.ticks, by: \.scope).mapValues(\.count)
        #expect(counts == ["a": 10, "b": 4, "c": 1])
        await rig.warmer.stop()
    }

    @Test("A scope that was paused sends nothing; resumed, it goes on")
    func pausing() async throws {
        let rig = Rig()
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 10)
        #expect(await rig.warmer.pause("support"))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times == [0])
        await rig.warmer.resume("support")
        await rig.clock.advance(seconds: 10)
        #expect(rig.call.times == [0, 1010])
        await rig.warmer.stop()
    }

    @Test("A scope may be added and removed while it runs")
    func adding() async throws {
        let rig = Rig()
        try await rig.start()
        await rig.clock.advance(seconds: 50)
        try await rig.warmer.add(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 250)
        #expect(rig.call.times == [50, 290])
        #expect(await rig.warmer.remove("support"))
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times.count == 2)
        await #expect(throws: ScopeFault.self) {
            try await rig.warmer.add(try Prompts.scope("x", policy: "every:240s@1h"))
        }
        await rig.warmer.stop()
    }

    @Test("Replaced during a ping, the old one is paid for and told of, and the new one is written at once")
    func replacing() async throws {
        let rig = Rig(latency: .seconds(5))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 2)
        try await rig.warmer.replace(try Prompts.scope(body: Prompts.body("new"), policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 250)
        #expect(rig.call.times == [0, 2, 242])
        #expect(rig.ticks.map(\.verdict) == [.rewritten, .rewritten, .hit])
        #expect(rig.ticks[0].next.contains("replaced"))
        #expect(await rig.warmer.spentToday() == rig.ticks.reduce(.zero) { $0 + $1.cost })
        await rig.warmer.stop()
    }

    @Test("Starting and stopping twice are as good as once, and stopping waits for the call under way")
    func stopping() async throws {
        let rig = Rig(latency: .seconds(5))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.warmer.start()
        await rig.stop()
        await rig.warmer.stop()
        #expect(rig.ticks.map(\.verdict) == [.rewritten])
        await rig.clock.advance(seconds: 1000)
        #expect(rig.call.times == [0])
    }

    @Test("A call that never ends is given up when stopping takes too long, and counts as spent")
    func stopLimit() async throws {
        let rig = Rig(latency: .seconds(1000))
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.stop()
        #expect(rig.clock.now.elapsed <= .at(12))
        #expect(await rig.warmer.spentToday() > .zero)
        #expect(rig.ticks.count == 1)
    }

    @Test("Every listener hears every tick, and the stream ends when the warmer stops")
    func listening() async throws {
        let rig = Rig()
        let first = rig.warmer.ticks
        let second = rig.warmer.ticks
        try await rig.start(try Prompts.scope(policy: "every:240s@5m"))
        await rig.clock.advance(seconds: 500)
        await rig.warmer.stop()
        var counts = [0, 0]
        for await _ in first { counts[0] += 1 }
        for await _ in second { counts[1] += 1 }
        #expect(counts == [3, 3])
    }
}
