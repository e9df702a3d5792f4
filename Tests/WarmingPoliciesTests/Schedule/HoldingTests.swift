import PromptCache
import Testing
import WarmingPolicies

/// `every`: hold for ever.
@Suite struct HoldingTests {
    @Test func `nothing cached yet is written now`() throws {
        let schedule = try WarmSchedule("every:240s@5m")
        #expect(schedule.ping(0) == 0)
        #expect(schedule.next(0).reason.code == .prewarm)
        #expect(schedule.next(0).reason.pingCost == 1.25)
    }

    @Test func `pings follow the last start by the interval`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        schedule.pinged(at: at(0), verdict: .rewritten)
        // The answer took ten seconds, which shifts nothing.
        #expect(schedule.ping(10) == 240)
        schedule.pinged(at: at(240), verdict: .hit)
        #expect(schedule.ping(250) == 480)
        schedule.arrival(at: at(300))
        #expect(schedule.ping(301) == 540)
        #expect(schedule.misses == 0)
    }

    @Test func `the margin caps the interval`() throws {
        var schedule = try WarmSchedule("every:299s@5m")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(1) == 290)
        let slow = Timing(lifetime: .fiveMinutes, margin: .seconds(60))
        #expect(seconds(schedule.next(after: at(1), timing: slow, prices: .tenth).moment) == 240)
        // An hour was asked for and five minutes were given.
        var downgraded = try WarmSchedule("every:3000s@1h")
        downgraded.arrival(at: at(0))
        #expect(seconds(downgraded.next(after: at(1), timing: .fiveMinutes, prices: .tenth).moment) == 290)
    }

    @Test func `what was due before is due now while the entry lives`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        schedule.arrival(at: at(0))
        #expect(schedule.ping(299.5) == 299.5)
        #expect(schedule.next(299.5).reason.code == .hold)
        #expect(schedule.next(299.5).reason.secondsLeft == 0.5)
    }

    @Test func `after the machine has slept it writes again`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        schedule.pinged(at: at(0), verdict: .rewritten)
        #expect(schedule.ping(8000) == 8000)
        #expect(schedule.next(8000).reason.code == .writeAgain)
        schedule.pinged(at: at(8000), verdict: .rewritten)
        #expect(schedule.misses == 0)
        #expect(schedule.ping(8001) == 8240)
    }

    @Test func `a failed ping moves no anchor and is tried ever more slowly`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        schedule.arrival(at: at(0))
        schedule.failed(at: at(240))
        #expect(schedule.ping(240) == 241)
        #expect(schedule.anchor == at(0))
        schedule.failed(at: at(241))
        #expect(schedule.ping(241) == 243)
        #expect(schedule.next(241).reason.failures == 2)
        for _ in 0..<20 { schedule.failed(at: at(1000)) }
        #expect(schedule.ping(1000) == 1300)
        #expect(schedule.next(1000).reason.code == .writeAgain)
        schedule.pinged(at: at(1300), verdict: .rewritten)
        #expect(schedule.ping(1301) == 1540)
        #expect(schedule.failuresInARow == 0)
    }

    @Test func `time never moves back`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        schedule.arrival(at: at(100))
        schedule.arrival(at: at(50))
        schedule.pinged(at: at(20), verdict: .hit)
        #expect(schedule.ping(101) == 340)
        #expect(schedule.lastArrival == at(100))
        #expect(schedule.pingsInGap == 0)
    }

    @Test func `off and uncached never ping`() throws {
        for (name, code) in [("off@5m", Reason.Code.off), ("off@1h", .off), ("uncached", .uncached)] {
            var schedule = try WarmSchedule(name)
            #expect(schedule.next(0) == .rest(until: nil, schedule.next(0).reason))
            schedule.arrival(at: at(0))
            #expect(schedule.ping(1) == nil)
            #expect(schedule.next(1).reason.code == code)
        }
    }

    @Test func `the life left is counted from the last start`() throws {
        var schedule = try WarmSchedule("off@5m")
        #expect(schedule.lifeLeft(at: at(0), lifetime: .fiveMinutes) == nil)
        schedule.arrival(at: at(0))
        #expect(schedule.lifeLeft(at: at(200), lifetime: .fiveMinutes) == .seconds(100))
        #expect(schedule.lifeLeft(at: at(300), lifetime: .fiveMinutes) == nil)
    }
}
