import PromptCache
import Testing
import WarmingPolicies

/// What people and hosts who know better say, and what stops everything.
@Suite struct OverridesTests {
    @Test(arguments: ["adaptive", "idle:0@5m", "break-even@5m", "off@5m"])
    func `kept it is held whatever that costs, and then no longer`(name: String) throws {
        var schedule = try WarmSchedule(name)
        schedule.arrival(at: at(0))
        schedule.keep(until: at(100_000))
        var (now, pings) = (at(1), 0)
        while now < at(100_000) {
            let decision = schedule.next(after: now, timing: .fiveMinutes, prices: PriceRatios(read: 0.9))
            guard case .ping(let moment, let reason) = decision else { break }
            #expect(reason.code == .kept)
            schedule.pinged(at: moment, verdict: .hit)
            pings += 1
            now = moment
        }
        #expect(pings == 351)
        let after = schedule.next(after: at(100_001), timing: .fiveMinutes, prices: PriceRatios(read: 0.9))
        #expect(!after.isPing || after.reason.code == .hold)
    }

    @Test func `kept, what is cold is written again`() throws {
        var schedule = try WarmSchedule("idle:1@5m")
        schedule.arrival(at: at(0))
        schedule.keep(until: at(100_000))
        #expect(schedule.next(5000).reason.code == .writeAgain)
    }

    @Test(arguments: ["adaptive", "every:240s@5m", "idle:2@5m"])
    func `dropped it is left alone until somebody comes`(name: String) throws {
        var schedule = try WarmSchedule(name)
        schedule.arrival(at: at(0))
        schedule.drop(at: at(10))
        #expect(schedule.next(20).reason.code == .dropped)
        #expect(!schedule.next(285).isPing)
        schedule.arrival(at: at(300))
        #expect(schedule.next(301).reason.code != .dropped)
        #expect(schedule.next(301).moment != nil)
    }

    @Test func `pings that hit what arrivals miss are stopped`() throws {
        var schedule = try WarmSchedule("idle:5@5m")
        var shared = SharedStatistics()
        for round in 0..<2 {
            let start = Double(round) * 1000
            #expect(schedule.stop == nil)
            schedule.arrival(at: at(start))
            schedule.answered(verdict: .rewritten, shared: &shared)
            schedule.pinged(at: at(start + 285), verdict: .hit)
            schedule.pinged(at: at(start + 570), verdict: .hit)
            schedule.arrival(at: at(start + 700))
            schedule.answered(verdict: .rewritten, shared: &shared)
        }
        #expect(schedule.stop == .elsewhere)
        #expect(schedule.next(2000).reason.code == .elsewhere)
        schedule.resume()
        #expect(schedule.next(1701).isPing)
    }

    @Test func `an arrival that reads, or that no ping has held, clears pings of the suspicion`() throws {
        var schedule = try WarmSchedule("idle:5@5m")
        var shared = SharedStatistics()
        for round in 0..<6 {
            let start = Double(round) * 2000
            schedule.arrival(at: at(start))
            // Two thousand seconds later it has expired, which proves nothing.
            schedule.answered(verdict: .rewritten, shared: &shared)
            schedule.pinged(at: at(start + 285), verdict: .hit)
            schedule.arrival(at: at(start + 400))
            schedule.answered(verdict: round.isMultiple(of: 2) ? .rewritten : .partial, shared: &shared)
        }
        #expect(schedule.stop == nil)
    }
}
