import CachePrices
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Testing
import WarmerTesting
import WarmingPolicies

@Suite("A fleet pings as one")
struct FleetTests {
    /// What one warmer sends with the same arrivals.
    private func alone(_ policy: String, arrivals: [Int], for seconds: Int) async throws -> [Double] {
        let crew = Crew(1)
        try await crew.start(try Prompts.scope(policy: policy))
        return try await live(crew, arrivals: arrivals, for: seconds)
    }

    private func live(_ crew: Crew, arrivals: [Int], for seconds: Int) async throws -> [Double] {
        var now = 0
        for (number, at) in arrivals.enumerated() {
            await crew.advance(at - now)
            now = at
            crew.arrive(at: number % crew.warmers.count)
        }
        await crew.advance(seconds - now)
        return crew.call.times
    }

    @Test(
        "Three replicas send what one would, with arrivals at any of them",
        arguments: ["every:285s@5m", "idle:2@5m", "break-even@5m"])
    func asOne(policy: String) async throws {
        let arrivals = [10, 60, 400, 800, 3_000, 3_010, 6_500]
        let expected = try await alone(policy, arrivals: arrivals, for: 10_000)
        let crew = Crew(3)
        try await crew.start(try Prompts.scope(policy: policy))
        let sent = try await live(crew, arrivals: arrivals, for: 10_000)
        #expect(sent.count > 5)
        #expect(sent.count == expected.count)
        for (one, other) in zip(sent, expected) { #expect(abs(one - other) < 5, "\(sent) \(expected)") }
        #expect(crew.ticks.joined().allSatisfy { $0.verdict != nil })
    }

    @Test("Clocks that differ by a minute change nothing")
    func skew() async throws {
        let straight = Crew(3)
        try await straight.start(try Prompts.scope(policy: "idle:2@5m"))
        let skewed = Crew(3, skew: .seconds(60))
        try await skewed.start(try Prompts.scope(policy: "idle:2@5m"))
        let arrivals = [10, 60, 400, 800, 3_000]
        let sent = try await live(skewed, arrivals: arrivals, for: 5_000)
        #expect(try await live(straight, arrivals: arrivals, for: 5_000) == sent)
        let skews = try await skewed.fleets[0].replicas().map(\.skew)
        #expect(skews == [.seconds(-60), .zero, .seconds(60)])
    }

    @Test("A replica that is cut off or dies is replaced, and nothing lapses")
    func replaced() async throws {
        let crew = Crew(3)
        try await crew.start(try Prompts.scope())
        for number in [0, 1, 0, 2, 1] {
            for (other, link) in crew.links.enumerated() { link.cut(other == number) }
            await crew.advance(1_000)
        }
        let times = crew.call.times
        #expect(crew.ticks.joined().filter { $0.verdict == .rewritten }.count == 1, "only the first one wrote")
        for (one, next) in zip(times, times.dropFirst()) {
            #expect(next - one < 300, "\(one) \(next)")
        }
        // Who is cut off before it could tell of a ping has pinged for itself alone.
        #expect(zip(times, times.dropFirst()).count { $1 - $0 < 150 } <= 1, "\(times)")
        #expect(crew.ticks.allSatisfy { !$0.isEmpty })
    }

    @Test("A replica that dies within a ping is replaced before the prefix lapses")
    func diesWithin() async throws {
        let crew = Crew(2)
        try await crew.start(try Prompts.scope())
        await crew.advance(200)
        // Whoever pings next is never heard of again.
        let isFirst = Mutex(true)
        crew.call.behave {
            guard
                isFirst.withLock({ isFirst in
                    defer { isFirst = false }
                    return isFirst
                })
            else { return (.milliseconds(900), false) }
            for link in crew.links { link.cut(true) }
            return (.seconds(3_600), false)
        }
        let granted = crew.links.map(\.granted)
        await crew.advance(86)
        let dead = try #require(granted.indices.first { crew.links[$0].granted > granted[$0] })
        for (number, link) in crew.links.enumerated() { link.cut(number == dead) }
        await crew.advance(40)
        let times = crew.call.times
        #expect(times.count == 3)
        #expect(times[2] - times[1] < 8, "\(times)")
    }

    /// Takes its time the first time it is asked.
    private final class SlowGate: SpendGate {
        let clock: SteppedClock
        let wait: Duration
        private let isAsked = Mutex(false)

        init(_ clock: SteppedClock, wait: Duration) {
            self.clock = clock
            self.wait = wait
        }

        func reserve(_ request: SpendRequest) async -> SpendAnswer {
            let isFirst = isAsked.withLock { isAsked in
                defer { isAsked = true }
                return !isAsked
            }
            if isFirst { try? await clock.sleep(until: clock.now.elapsed + wait) }
            return .granted(Reservation(id: 1, scope: request.scope, amount: request.worstCase))
        }

        func settle(_ reservation: Reservation, at cost: USD) async {}
        func spent(on wall: Moment) async -> USD { .zero }
    }

    @Test("A holder that stalls past its lease sends nothing that another has sent meanwhile")
    func stalls() async throws {
        let crew = Crew(2, gate: { number, clock in SlowGate(clock, wait: number == 0 ? .seconds(20) : .zero) })
        for link in crew.links { link.cut(true) }
        try await crew.start(try Prompts.scope())
        // The first one asks alone, and stalls while it holds the lease; it cannot renew it.
        crew.links[0].cut(false)
        await crew.advance(6)
        #expect(crew.call.sent.isEmpty)
        crew.links[0].cut(true)
        crew.links[1].cut(false)
        await crew.advance(10)
        #expect(crew.call.sent.count == 1)
        crew.links[0].cut(false)
        await crew.advance(60)
        #expect(crew.call.sent.count == 1, "its ping was refused")
        await crew.advance(3_000)
        let times = crew.call.times
        for (one, next) in zip(times, times.dropFirst()) { #expect(next - one > 150, "\(times)") }
    }

    @Test("Whatever the traffic, a replica writes once a second, and seldom when there is none")
    func batches() async throws {
        let crew = Crew(2)
        try await crew.start(try Prompts.scope(policy: "idle:1@5m"))
        await crew.advance(100)
        let quiet = crew.links[1].beats
        #expect(quiet <= 12)
        for _ in 0..<100 {
            for _ in 0..<50 { crew.arrive(at: 1) }
            await crew.clock.time.advance(by: .milliseconds(100))
        }
        let busy = crew.links[1].beats - quiet
        #expect(busy <= 12 && busy >= 9, "\(busy)")
    }

    /// A turn of a conversation, by how many messages it has.
    private func turn(_ messages: Int) throws -> (scope: WarmScope, keys: [PrefixKey]) {
        let text = #"{"type":"text","text":"\#(String(repeating: "all of it ", count: 400))"}"#
        let marked = text.dropLast() + #","cache_control":{"type":"ephemeral"}}"#
        let all = (0..<messages).map { number in
            let role = number.isMultiple(of: 2) ? "user" : "assistant"
            return #"{"role":"\#(role)","content":[\#(number == messages - 1 ? String(marked) : text)]}"#
        }
        let body = #"{"model":"claude-sonnet-5-5","max_tokens":9,"messages":[\#(all.joined(separator: ","))]}"#
        let request = try MessagesRequest(Array(body.utf8))
        let trail = request.trail(in: RequestContext(), rules: CacheRules(minimumTokens: 512))
        let scope = WarmScope(
            name: "talk", body: Array(body.utf8), form: .wholeRequest, policy: try WarmPolicy("idle:9@5m"))
        return (scope, request.earlierTurns(trail))
    }

    /// A request of the user's goes on with the conversation by way of a replica.
    private func goOn(_ messages: Int, at replica: Int, _ crew: Crew) async throws {
        let turn = try turn(messages)
        try await crew.warmers[replica].replace(turn.scope)
        crew.arrive(at: replica, scope: "talk")
        await crew.warmers[replica].continued("talk", from: turn.keys, at: crew.clock.now.elapsed)
        await crew.advance(10)
    }

    private func messages(_ sent: ScriptedCall.Sent) throws -> Int {
        let messages: JSONNode = try #require(try MessagesRequest(sent.request.body)["messages"])
        return messages.elements.count { _ in true }
    }

    @Test("A conversation that wanders from replica to replica is pinged where its last turn went, once")
    func wanders() async throws {
        let crew = Crew(3)
        for warmer in crew.warmers { await warmer.start() }
        try await goOn(1, at: 0, crew)
        try await goOn(3, at: 1, crew)
        await crew.advance(1_000)
        try await goOn(5, at: 2, crew)
        try await goOn(7, at: 0, crew)
        await crew.advance(1_000)
        #expect(try crew.call.sent.map(messages) == [3, 3, 3, 7, 7, 7])
        let left = await [crew.warmers[1].status(of: "talk"), crew.warmers[2].status(of: "talk")]
        let reasons = left.map(\.first?.reason)
        #expect(reasons == Array(repeating: "its conversation goes on at another replica", count: 2))
        // Whoever comes back to an earlier turn, as to ask again, has it kept again.
        try await goOn(5, at: 2, crew)
        await crew.advance(290)
        #expect(try crew.call.sent.suffix(2).map(messages).sorted() == [5, 7])
    }

    @Test("A turn that was pinged while the conversation went on from it is let go all the same")
    func pingedMeanwhile() async throws {
        let crew = Crew(2)
        for warmer in crew.warmers { await warmer.start() }
        try await goOn(1, at: 0, crew)
        await crew.advance(270)
        // The longer request begins, and while it is answered the ping of the turn before becomes due.
        let turn = try turn(3)
        let start = crew.clock.now.elapsed
        crew.call.touch(at: start)
        await crew.advance(9)
        #expect(try crew.call.sent.map(messages) == [1])
        try await crew.warmers[1].replace(turn.scope)
        crew.warmers[1].noteArrival(of: "talk", at: start)
        await crew.warmers[1].continued("talk", from: turn.keys, at: start)
        await crew.advance(600)
        #expect(try crew.call.sent.map(messages) == [1, 3, 3])
    }

    @Test("A turn that its client asked to keep is kept, wherever the conversation goes on")
    func keptTurn() async throws {
        let crew = Crew(2)
        for warmer in crew.warmers { await warmer.start() }
        try await goOn(1, at: 0, crew)
        await crew.warmers[0].keep("talk", until: crew.clock.now.elapsed + .seconds(600))
        try await goOn(3, at: 1, crew)
        await crew.advance(580)
        #expect(try crew.call.sent.map(messages).count { $0 == 1 } == 2)
    }

    @Test("What is continued while the store is away is told when it is there again")
    func wandersWithoutStore() async throws {
        let crew = Crew(2)
        for warmer in crew.warmers { await warmer.start() }
        try await goOn(1, at: 0, crew)
        crew.links[1].cut(true)
        try await goOn(3, at: 1, crew)
        await crew.advance(60)
        crew.links[1].cut(false)
        await crew.advance(600)
        #expect(try crew.call.sent.map(messages) == [3, 3])
    }

    @Test("Without the store nothing is pinged, and with it all goes on")
    func away() async throws {
        let crew = Crew(2)
        for link in crew.links { link.cut(true) }
        try await crew.start(try Prompts.scope())
        await crew.advance(1_000)
        #expect(crew.call.sent.isEmpty)
        #expect(
            await crew.warmers[0].status(of: "support").first?.reason.contains("nothing is sent without the fleet")
                == true)
        for link in crew.links { link.cut(false) }
        await crew.advance(20)
        #expect(crew.call.sent.count == 1)
    }

    @Test("Warming that one turns off is off for all, and on again")
    func killSwitch() async throws {
        let crew = Crew(3)
        try await crew.start(try Prompts.scope())
        crew.warmers[1].setWarming(offReason: "too dear")
        await crew.advance(11)
        #expect(crew.warmers.map(\.warmingOffReason) == ["too dear", "too dear", "too dear"])
        await crew.advance(1_000)
        #expect(crew.call.sent.count == 1)
        crew.warmers[2].setWarming(offReason: nil)
        await crew.advance(20)
        #expect(crew.warmers.allSatisfy { $0.warmingOffReason == nil })
        #expect(crew.call.sent.count == 2)
    }

    @Test("Everybody knows who holds what, and how late each tells")
    func known() async throws {
        let crew = Crew(3)
        try await crew.start(try Prompts.scope())
        await crew.advance(600)
        let replicas = try await crew.fleets[0].replicas()
        #expect(replicas.map(\.holds).reduce(0, +) == 1)
        #expect(replicas.allSatisfy { $0.scopes == 1 && $0.lag == .zero && !$0.isSilent })
        let holder = try #require(replicas.first { $0.holds == 1 }?.name)
        for warmer in crew.warmers { #expect(await warmer.status.map(\.holder) == [holder]) }
        crew.links[1].cut(true)
        crew.arrive(at: 1)
        await crew.advance(40)
        #expect(try await crew.fleets[0].replicas().map(\.isSilent) == [false, true, false])
        crew.links[1].cut(false)
        await crew.advance(12)
        let lag = try #require(try await crew.fleets[0].replicas().map(\.lag).max())
        #expect(lag > .seconds(30) && lag < .seconds(52))
    }

    @Test("A replica that goes is forgotten, and gives its lease back")
    func leaves() async throws {
        let crew = Crew(2)
        try await crew.start(try Prompts.scope())
        await crew.advance(5)
        #expect(try await crew.fleets[0].replicas().map(\.name) == ["r0", "r1"])
        try await crew.clock.goOn { await crew.warmers[0].stop() }
        #expect(try await crew.fleets[0].replicas().map(\.name) == ["r1"])
    }
}
