import PromptCache
import Testing
import WarmingPolicies

/// `idle` and `break-even`: hold after an arrival, then let go.
@Suite struct LettingGoTests {
    @Test(arguments: ["idle:2@5m", "break-even@5m", "break-even@1h"])
    func `nothing happens before the first arrival`(name: String) throws {
        let schedule = try WarmSchedule(name)
        #expect(schedule.ping(0) == nil)
        #expect(schedule.next(0).reason.code == .noArrivalYet)
    }

    @Test func `idle pings so many times and lets go`() throws {
        var schedule = try WarmSchedule("idle:2@5m")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(1) == 285)
        schedule.pinged(at: at(285), verdict: .hit)
        #expect(schedule.ping(286) == 570)
        schedule.pinged(at: at(570), verdict: .hit)
        #expect(schedule.ping(571) == nil)
        #expect(schedule.next(571).reason.code == .enough)
        schedule.arrival(at: at(800))
        #expect(schedule.ping(801) == 1085)
    }

    @Test func `the spacing can be set and the margin caps it`() throws {
        var schedule = try WarmSchedule("idle:2/100s@5m")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(1) == 100)
        schedule = try WarmSchedule("idle:2/295s@5m")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(1) == 290)
        schedule = try WarmSchedule("idle:2@1h")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(1) == 3540)
    }

    @Test(arguments: [("break-even@5m", 0.1, 11), ("break-even@1h", 0.1, 19), ("break-even@5m", 0.05, 24)])
    func `break-even pings until a write would have been cheaper`(name: String, read: Double, most: Int) throws {
        var schedule = try WarmSchedule(name)
        let prices = PriceRatios(read: read)
        schedule.arrival(at: at(0))
        var pings = 0
        while case .ping(let moment, _) = schedule.next(seconds(schedule.anchor) ?? 0, prices: prices) {
            schedule.pinged(at: moment, verdict: .hit)
            pings += 1
        }
        #expect(pings == most)
        #expect(schedule.next(1e6, prices: prices).reason.mostPings == most)
    }

    @Test func `where a ping costs as much as a miss none is sent`() throws {
        var schedule = try WarmSchedule("break-even@5m")
        schedule.arrival(at: at(0))
        let decision = schedule.next(1, prices: PriceRatios(read: 1))
        #expect(!decision.isPing)
        #expect(decision.reason.description.hasPrefix("the policy allows no ping here, so let it go"))
    }

    @Test func `what has gone cold rests until somebody comes`() throws {
        var schedule = try WarmSchedule("break-even@5m")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(299.9) == 299.9)
        #expect(schedule.ping(300) == nil)
        #expect(schedule.next(300).reason.code == .cold)
        // It found the cache cold, and wrote.
        schedule.arrival(at: at(5000))
        #expect(schedule.ping(5001) == 5285)
    }

    @Test func `failures that outlast the entry let it go`() throws {
        var schedule = try WarmSchedule("idle:5@5m")
        schedule.arrival(at: at(0))
        for failure in [285.0, 286, 288, 292] { schedule.failed(at: at(failure)) }
        #expect(schedule.ping(293) == nil)
        #expect(schedule.next(293).reason.code == .cold)
    }

    @Test func `our own pings are no arrivals`() throws {
        var schedule = try WarmSchedule("idle:3@5m")
        schedule.pinged(at: at(0), verdict: .rewritten)
        #expect(schedule.next(1).reason.code == .noArrivalYet)
        schedule.arrival(at: at(100))
        schedule.pinged(at: at(385), verdict: .hit)
        #expect(schedule.lastArrival == at(100))
        #expect(schedule.pingsInGap == 1)
    }

    @Test func `a pre-warm is held like an arrival but is none`() throws {
        var schedule = try WarmSchedule("idle:1@5m")
        schedule.prewarmed(at: at(0), verdict: .rewritten)
        #expect(schedule.lastArrival == nil)
        #expect(schedule.ping(1) == 285)
        schedule.pinged(at: at(285), verdict: .hit)
        #expect(schedule.next(286).reason.code == .enough)
    }

    @Test func `an arrival told late counts the ping that came after it`() throws {
        var schedule = try WarmSchedule("idle:2@5m")
        schedule.arrival(at: at(0))
        schedule.pinged(at: at(285), verdict: .hit)
        schedule.pinged(at: at(570), verdict: .hit)
        schedule.arrival(at: at(400))
        #expect(schedule.anchor == at(570))
        #expect(schedule.pingsInGap == 1)
        #expect(schedule.ping(571) == 855)
    }
}
