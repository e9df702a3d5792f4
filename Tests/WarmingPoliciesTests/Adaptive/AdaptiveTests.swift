import Foundation
import PromptCache
import SteppedTime
import Testing

@testable import WarmingPolicies

/// The adaptive policy as its users see it.
@Suite struct AdaptiveTests {
    /// A schedule and what it shares after arrivals at some seconds.
    private func taught(
        _ arrivals: [Double], tokens: Int = 50_000, policy: WarmPolicy = .adaptive
    ) -> (schedule: WarmSchedule, shared: SharedStatistics) {
        var schedule = WarmSchedule(policy: policy)
        var shared = SharedStatistics()
        for arrival in arrivals {
            schedule.arrival(Arrival(start: at(arrival), prefixTokens: tokens), shared: &shared, prices: .tenth)
        }
        return (schedule, shared)
    }

    /// Arrivals that come back after so many seconds, always.
    private func clockwork(_ gap: Double, count: Int = 60) -> [Double] { (0..<count).map { Double($0) * gap } }

    @Test func `nothing is decided before a ping is due`() {
        let (schedule, shared) = taught([0])
        let decision = schedule.next(after: at(10), timing: .fiveMinutes, prices: .tenth, shared: shared)
        #expect(decision.reason.code == .undecided)
        #expect(seconds(decision.moment) == 285)
        #expect(!decision.isPing)
    }

    @Test func `it pings where somebody always comes back in time and lets go where nobody does`() {
        let (often, sharedOften) = taught(clockwork(400))
        let last = 59 * 400.0
        let ping = often.next(after: at(last + 285), timing: .fiveMinutes, prices: .tenth, shared: sharedOften)
        #expect(ping.reason.code == .pays)
        #expect((ping.reason.chance ?? 0) > 0.4)
        #expect((ping.reason.expectedValue ?? 0) > 0.2)

        let (seldom, sharedSeldom) = taught(clockwork(50_000))
        let later = 59 * 50_000.0
        let rest = seldom.next(after: at(later + 285), timing: .fiveMinutes, prices: .tenth, shared: sharedSeldom)
        #expect(rest.reason.code == .paysNot)
        #expect((rest.reason.chance ?? 1) < 0.1)
        #expect((rest.reason.expectedValue ?? 1) <= 0)
    }

    @Test func `a decision carries its numbers and says them`() throws {
        let (schedule, shared) = taught(clockwork(400))
        let reason = schedule.next(
            after: at(59 * 400 + 285), timing: .fiveMinutes, prices: .tenth, shared: shared
        ).reason
        #expect(reason.pingCost == 0.1 + 10.0 / 50_000)
        #expect(abs((reason.missCost ?? 0) - 1.15) < 1e-9)
        #expect(reason.description.contains("a ping pays: a chance of "))
        #expect(reason.description.contains("expected gain"))
        let json = String(decoding: try JSONEncoder().encode(reason), as: UTF8.self)
        for key in ["chance", "expected_value", "ping_cost", "miss_cost"] { #expect(json.contains("\"\(key)\"")) }
    }

    @Test func `no ping has a negative expected value, and none is sent for nothing`() {
        var random = SeededRandom(seed: 20)
        for _ in 0..<25 {
            var times = [0.0]
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                times.append((times.last ?? 0) + pow(10, Double.random(in: 0...4.5, using: &random)))
            }
            let (schedule, shared) = taught(times, tokens: Int.random(in: 500...200_000, using: &random))
            let timing: Timing = random.chance(50) ? .fiveMinutes : .oneHour
            let read = Double.random(in: 0...1.5, using: &random)
            let now = at((times.last ?? 0) + timing.holdInterval / .seconds(1))
            let decision = schedule.next(after: now, timing: timing, prices: PriceRatios(read: read), shared: shared)
            guard decision.isPing else { continue }
            #expect((decision.reason.expectedValue ?? -1) > 0)
        }
    }

    @Test func `at equal lifetime and history a cheaper read never means fewer pings`() {
        var random = SeededRandom(seed: 21)
        for _ in 0..<25 {
            var times = [0.0]
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                times.append((times.last ?? 0) + pow(10, Double.random(in: 0...4.5, using: &random)))
            }
            let (schedule, shared) = taught(times)
            for timing in [Timing.fiveMinutes, .oneHour] {
                let counts = [1, 0.5, 0.2, 0.1, 0.05, 0.025, 0].map { read in
                    pings(schedule, shared, timing, PriceRatios(read: read), from: times.last ?? 0)
                }
                #expect(counts == counts.sorted(), "\(counts)")
            }
        }
    }

    private func pings(
        _ schedule: WarmSchedule, _ shared: SharedStatistics, _ timing: Timing, _ prices: PriceRatios, from last: Double
    ) -> Int {
        var (schedule, count, now) = (schedule, 0, at(last))
        while let next = schedule.next(after: now, timing: timing, prices: prices, shared: shared).moment {
            now = next
            guard schedule.next(after: now, timing: timing, prices: prices, shared: shared).isPing else { break }
            schedule.pinged(at: now, verdict: .hit)
            count += 1
        }
        return count
    }

    @Test func `doubling all prices changes nothing`() {
        var random = SeededRandom(seed: 22)
        for _ in 0..<8 {
            let (schedule, shared) = taught(clockwork(Double.random(in: 10...20_000, using: &random), count: 30))
            let now = at(30 * 20_000)
            let once = PriceRatios(input: 3, read: 0.3, write5m: 3.75, write1h: 6)
            let twice = PriceRatios(input: 6, read: 0.6, write5m: 7.5, write1h: 12)
            #expect(
                schedule.next(after: now, timing: .oneHour, prices: once, shared: shared)
                    == schedule.next(after: now, timing: .oneHour, prices: twice, shared: shared))
            #expect(
                schedule.lifetimeToWrite(prices: once, shared: shared)
                    == schedule.lifetimeToWrite(prices: twice, shared: shared))
        }
    }

    @Test(arguments: [0.1, 0.025, 0, 1])
    func `a scope that never returns costs a bounded number of pings`(read: Double) {
        for gap in [30.0, 400, 3000] {
            let (schedule, shared) = taught(clockwork(gap))
            let last = 59 * gap
            for (timing, most) in [(Timing.fiveMinutes, 36), (.oneHour, 48)] {
                #expect(pings(schedule, shared, timing, PriceRatios(read: read), from: last) <= most)
            }
        }
    }

    @Test func `a sub-agent is written for five minutes and never pinged`() {
        var schedule = WarmSchedule(policy: .adaptive)
        var shared = SharedStatistics()
        for time in clockwork(400) {
            schedule.arrival(Arrival(start: at(time), isSubAgent: true), shared: &shared, prices: .tenth)
        }
        #expect(schedule.lifetimeToWrite(prices: .tenth, shared: shared) == .fiveMinutes)
        #expect(pings(schedule, shared, .fiveMinutes, .tenth, from: 59 * 400) == 0)
    }

    @Test func `who waits for a person is waited for where people return and tools that stay away never do`() {
        var shared = SharedStatistics(utcOffset: nil)
        var start = 0.0
        for _ in 0..<200 {
            for awaits in [Awaits.human, .tool] {
                var schedule = WarmSchedule(policy: .adaptive)
                schedule.arrival(Arrival(start: at(start)), shared: &shared, prices: .tenth)
                schedule.answered(verdict: .rewritten, awaits: awaits, shared: &shared)
                guard awaits == .human else { continue }
                schedule.arrival(Arrival(start: at(start + 420)), shared: &shared, prices: .tenth)
            }
            start += 1000
        }
        func decision(_ awaits: Awaits) -> Decision {
            var schedule = WarmSchedule(policy: .adaptive)
            schedule.arrival(Arrival(start: at(start)), shared: &shared, prices: .tenth)
            schedule.answered(verdict: .rewritten, awaits: awaits, shared: &shared)
            return schedule.next(after: at(start + 285), timing: .fiveMinutes, prices: .tenth, shared: shared)
        }
        let (human, tool, unknown) = (decision(.human), decision(.tool), decision(.unknown))
        #expect((human.reason.chance ?? 0) > (unknown.reason.chance ?? 1))
        #expect((tool.reason.chance ?? 1) < (unknown.reason.chance ?? 0))
        #expect(human.isPing)
    }

    @Test func `what is dear to wait for is held longer`() throws {
        let gaps = clockwork(1500, count: 30)
        let (cheap, shared) = taught(gaps)
        let (dear, _) = taught(gaps, policy: try .adaptive(latency: 5))
        let prices = PriceRatios(read: 0.3)
        let last = gaps.last ?? 0
        #expect(pings(cheap, shared, .fiveMinutes, prices, from: last) == 0)
        #expect(pings(dear, shared, .fiveMinutes, prices, from: last) > 3)
    }

    @Test func `prompts that are used once are not cached, and those with long pauses for an hour`() {
        var shared = SharedStatistics(utcOffset: nil)
        // A thousand users who come once, over days.
        for user in 0..<300 {
            var once = WarmSchedule(policy: .adaptive)
            once.arrival(Arrival(start: at(Double(user) * 400)), shared: &shared, prices: .tenth)
        }
        var another = WarmSchedule(policy: .adaptive)
        another.arrival(Arrival(start: at(300_000)), shared: &shared, prices: .tenth)
        #expect(another.lifetimeToWrite(prices: .tenth, shared: shared) == nil)

        let (hourly, sharedHourly) = taught(clockwork(2000))
        #expect(hourly.lifetimeToWrite(prices: .tenth, shared: sharedHourly) == .oneHour)
    }

    @Test func `the same history gives the same decisions`() {
        var generator = TraceGenerator(seed: 23)
        let trace = TinyReference.trace(
            (0..<4).map { generator.scope(requests: 100, growing: true, start: $0 * 50) }, growing: true, end: 1_000_000
        )
        let simulation = Simulation(trace, prices: .tenth)
        #expect(simulation.run(.adaptive) == simulation.run(.adaptive))
        #expect(simulation.pings(.adaptive).map(\.at) == simulation.pings(.adaptive).map(\.at))
    }

    @Test func `whatever the traffic does it costs at most 3.3 times the least possible`() {
        var worst = 0.0
        var generator = TraceGenerator(seed: 24)
        for number in 0..<60 {
            let scope = generator.regimes(requests: 20 + number)
            let trace = TinyReference.trace([scope], growing: false, end: (scope.last?.time ?? 0) + 1_000_000)
            let prices = PriceRatios(read: [0.1, 0.05, 0.025][number % 3])
            let cost = Simulation(trace, prices: prices).run(.adaptive).cost
            let optimum = Clairvoyant.optimum(trace, prices: prices).cost
            // The constant: what is allowed before the bound takes hold, and the gap in which it does.
            let constant = 16 * Double(scope[0].prefix)
            worst = max(worst, (cost - constant) / optimum)
        }
        #expect(worst <= 3.3)
    }
}
