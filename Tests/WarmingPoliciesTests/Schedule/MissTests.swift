import PromptCache
import Testing
import WarmingPolicies

@Suite struct MissTests {
    /// A scope that has been held for a while.
    private func held(verifies: Bool, policy: String = "every:240s@5m") throws -> WarmSchedule {
        var schedule = try WarmSchedule(policy, verifies: verifies)
        schedule.arrival(at: at(0))
        schedule.pinged(at: at(240), verdict: .hit)
        return schedule
    }

    @Test func `a miss is confirmed once and forgiven if that hits`() throws {
        var schedule = try held(verifies: true)
        schedule.pinged(at: at(480), verdict: .rewritten)
        #expect(schedule.ping(481) == 482)
        #expect(schedule.next(481).reason.code == .confirm)
        schedule.pinged(at: at(482), verdict: .hit)
        #expect(schedule.ping(483) == 722)
        #expect(schedule.misses == 1)
        #expect(schedule.missesInARow == 0)
        #expect(schedule.stop == nil)
    }

    @Test func `a confirming ping that misses is not followed by another`() throws {
        var schedule = try held(verifies: true)
        schedule.pinged(at: at(480), verdict: .rewritten)
        schedule.pinged(at: at(482), verdict: .rewritten)
        #expect(schedule.ping(483) == 722)
        schedule.pinged(at: at(722), verdict: .rewritten)
        #expect(schedule.stop == .diverged)
        #expect(schedule.next(723).reason.code == .diverged)
        #expect(schedule.ping(1e6) == nil)
    }

    @Test func `without verifying the third miss in a row stops as well`() throws {
        var schedule = try held(verifies: false)
        schedule.pinged(at: at(480), verdict: .rewritten)
        #expect(schedule.ping(481) == 720)
        schedule.pinged(at: at(720), verdict: .partial)
        schedule.pinged(at: at(960), verdict: .hit)
        for start in [1200.0, 1440] { schedule.pinged(at: at(start), verdict: .rewritten) }
        #expect(schedule.stop == nil)
        schedule.pinged(at: at(1680), verdict: .rewritten)
        #expect(schedule.stop == .diverged)
        #expect(schedule.misses == 5)
    }

    @Test func `writes that are expected are no misses`() throws {
        var schedule = try WarmSchedule("every:240s@5m", verifies: true)
        for start in [0.0, 1000, 2000, 3000, 4000] {
            schedule.pinged(at: at(start), verdict: .rewritten)
            #expect(schedule.ping(start + 1) == start + 240)
        }
        #expect(schedule.misses == 0)
    }

    @Test func `a ping overtaken by an arrival proves nothing`() throws {
        var schedule = try held(verifies: true)
        schedule.arrival(at: at(481))
        schedule.pinged(at: at(480), verdict: .rewritten)
        #expect(schedule.misses == 0)
        #expect(schedule.ping(482) == 721)
    }

    @Test func `an entry that lives shorter than asked for is no miss`() throws {
        var schedule = try WarmSchedule("every:3000s@1h")
        schedule.arrival(at: at(0))
        schedule.pinged(at: at(400), verdict: .rewritten, lifetime: .fiveMinutes)
        #expect(schedule.misses == 0)
        schedule.pinged(at: at(800), verdict: .rewritten)
        #expect(schedule.misses == 1)
    }

    @Test func `what is not cached is tried once more and then stopped`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        schedule.pinged(at: at(0), verdict: .uncached)
        #expect(schedule.anchor == nil)
        #expect(schedule.ping(1) == 1)
        #expect(schedule.next(1).reason.code == .tryAgain)
        schedule.pinged(at: at(1), verdict: .uncached)
        #expect(schedule.stop == .notCached)
        #expect(schedule.next(2).reason.code == .notCached)
        #expect(schedule.next(2).reason.description.contains("below the model's minimum or not marked"))
    }

    @Test func `once cached again the count of uncached pings begins anew`() throws {
        var schedule = try held(verifies: false)
        for start in [480.0, 720, 960] {
            schedule.pinged(at: at(start), verdict: .uncached)
            #expect(schedule.ping(start + 1) == start + 1)
            schedule.pinged(at: at(start + 1), verdict: .hit)
        }
        #expect(schedule.stop == nil)
    }

    @Test func `a stop lasts until it is resumed`() throws {
        var schedule = try WarmSchedule("every:240s@5m")
        for start in [0.0, 1] { schedule.pinged(at: at(start), verdict: .uncached) }
        schedule.arrival(at: at(10))
        #expect(schedule.ping(11) == nil)
        schedule.resume()
        #expect(schedule.ping(11) == 250)
        schedule.pinged(at: at(250), verdict: .uncached)
        #expect(schedule.stop == nil)
    }

    @Test func `an arrival after a miss leaves nothing to confirm`() throws {
        var schedule = try held(verifies: true)
        schedule.pinged(at: at(480), verdict: .rewritten)
        schedule.arrival(at: at(481))
        #expect(schedule.ping(481) == 721)
    }

    @Test func `confirming counts towards the pings that a policy allows`() throws {
        var schedule = try WarmSchedule("idle:2@5m", verifies: true)
        schedule.arrival(at: at(0))
        schedule.pinged(at: at(285), verdict: .rewritten)
        #expect(schedule.ping(286) == 287)
        schedule.pinged(at: at(287), verdict: .hit)
        #expect(schedule.next(288).reason.code == .enough)
    }
}
