import Foundation
import PromptCache
import Testing
import WarmingPolicies

@Suite struct ReasonTests {
    @Test func `a ping explains itself in one sentence with its numbers`() throws {
        var schedule = try WarmSchedule("break-even@5m")
        schedule.arrival(at: at(0))
        schedule.pinged(at: at(285), verdict: .hit)
        #expect(
            schedule.next(575).reason.description
                == "keep it warm: ping 2 of 11 since the last arrival, 10 s of life left; "
                + "a ping costs 0.1 and a miss 1.15 × the prefix")
    }

    @Test func `a rest explains itself as well`() throws {
        var schedule = try WarmSchedule("idle:1@5m")
        #expect(
            schedule.next(0).reason.description
                == "nobody has used it yet, and the policy begins with the first arrival")
        schedule.arrival(at: at(0))
        schedule.pinged(at: at(285), verdict: .hit)
        #expect(
            schedule.next(385).reason.description
                == "all 1 pings since the last arrival are spent, so let it go, 200 s of life left")
    }

    @Test func `JSON has the names that the ledger stores`() throws {
        var schedule = try WarmSchedule("idle:2@5m")
        schedule.arrival(at: at(0))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let reason = schedule.next(270, prices: PriceRatios(read: 0.25)).reason
        let json = try encoder.encode(reason)
        let numbers = #""miss_cost":1,"most_pings":2,"ping_cost":0.25,"pings":0,"seconds_left":30"#
        #expect(String(decoding: json, as: UTF8.self) == #"{"code":"hold","failures":0,\#(numbers)}"#)
        #expect(try JSONDecoder().decode(Reason.self, from: json) == reason)
    }

    @Test func `prices without limit are left out rather than breaking JSON`() throws {
        let schedule = try WarmSchedule("every:240s@5m")
        let reason = schedule.next(0, prices: PriceRatios(read: .nan)).reason
        #expect(reason.missCost == nil)
        #expect(throws: Never.self) { try JSONEncoder().encode(reason) }
    }

    @Test func `hours turn a ping into a rest until they open`() throws {
        let zone = try #require(TimeZone(identifier: "UTC"))
        let hours = try ActiveHours("daily 08:00-20:00", timeZone: zone)
        var schedule = try WarmSchedule("every:240s@5m")
        // 2026-11-24, a Tuesday, 19:58 UTC.
        let evening = Moment(secondsSince1970: 1_795_550_280)
        schedule.arrival(at: evening)
        let ping = schedule.next(after: evening, timing: .fiveMinutes, prices: .tenth)
        let decision = ping.within(hours)
        #expect(decision.reason.code == .closed)
        #expect(decision.moment == evening + .seconds(12 * 3600 + 120))
        #expect(!decision.isPing)
        // Two minutes before, it would still have been in time.
        var earlier = try WarmSchedule("every:119s@5m")
        earlier.arrival(at: evening)
        let inTime = earlier.next(after: evening, timing: .fiveMinutes, prices: .tenth)
        #expect(inTime.within(hours) == inTime)
    }
}
