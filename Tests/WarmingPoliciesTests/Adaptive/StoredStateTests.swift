import Foundation
import PromptCache
import SteppedTime
import Testing

@testable import WarmingPolicies

@Suite struct StoredStateTests {
    private func drawn(_ seed: UInt64) -> (schedule: WarmSchedule, shared: SharedStatistics) {
        var random = SeededRandom(seed: seed)
        var (schedule, shared, now) = (WarmSchedule(policy: .adaptive, verifies: true), SharedStatistics(), 0.0)
        for _ in 0..<Int.random(in: 1...80, using: &random) {
            now += pow(10, Double.random(in: 0...5, using: &random))
            schedule.arrival(
                Arrival(
                    start: at(now), prefixTokens: Int.random(in: 0...100_000, using: &random),
                    newTokens: Int.random(in: 0...2000, using: &random), isSubAgent: random.chance(1)),
                shared: &shared, prices: .tenth)
            schedule.answered(
                verdict: random.pick([.partial, .rewritten]), awaits: random.pick(Awaits.allCases), shared: &shared)
            schedule.paid(Double.random(in: 0...200_000, using: &random))
            if random.chance(30) { schedule.pinged(at: at(now + 285), verdict: random.pick([.hit, .rewritten])) }
            if random.chance(5) { schedule.failed(at: at(now + 290)) }
            if random.chance(5) { schedule.keep(until: at(now + 5000)) }
            if random.chance(5) { schedule.drop(at: at(now + 1)) }
        }
        return (schedule, shared)
    }

    private func restored(_ schedule: WarmSchedule, movedBy shift: Duration = .zero) -> WarmSchedule? {
        WarmSchedule(
            stored: schedule.stored(movedBy: shift), policy: schedule.policy, verifies: schedule.verifies,
            movedBy: .zero - shift)
    }

    private func restored(_ shared: SharedStatistics) -> SharedStatistics? {
        var restored = SharedStatistics(stored: shared.stored)
        restored?.restoreGaps(shared.storedGaps)
        return restored
    }

    @Test func `stored and read back both decide and learn on as before`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            var (schedule, shared) = drawn(seed)
            var again = try #require(restored(schedule))
            var sharedAgain = try #require(restored(shared))
            #expect(again == schedule)
            // In a variable, so that a failure does not print thousands of numbers.
            let isSame = sharedAgain == shared
            #expect(isSame)
            let later = (schedule.lastArrival ?? at(0)) + .seconds(285)
            shared.advance(to: later)
            sharedAgain.advance(to: later)
            #expect(
                again.next(after: later, timing: .fiveMinutes, prices: .tenth, shared: sharedAgain)
                    == schedule.next(after: later, timing: .fiveMinutes, prices: .tenth, shared: shared))
            schedule.arrival(Arrival(start: later + .seconds(900)), shared: &shared, prices: .tenth)
            again.arrival(Arrival(start: later + .seconds(900)), shared: &sharedAgain, prices: .tenth)
            #expect(again == schedule)
            let learnsOn = sharedAgain == shared
            #expect(learnsOn)
        }
    }

    @Test func `on another axis of time moments are others and the distances the same`() throws {
        let schedule = drawn(4).schedule
        let moved = try #require(
            WarmSchedule(stored: schedule.stored(movedBy: .seconds(3600)), policy: .adaptive, verifies: true))
        #expect(moved.lastArrival == schedule.lastArrival.map { $0 + .seconds(3600) })
        #expect(moved.learned?.gap?.start == schedule.learned?.gap.map { $0.start + 3600 })
        #expect(restored(schedule, movedBy: .seconds(-86_400)) == schedule)
    }

    @Test func `what is known of a scope takes at most 600 bytes stored, and little in memory unless it learns`() {
        for seed in 1...20 as ClosedRange<UInt64> { #expect(drawn(seed).schedule.stored().count <= 300) }
        #expect(MemoryLayout<WarmSchedule>.stride <= 240)
        #expect(MemoryLayout<WarmSchedule>.stride + MemoryLayout<ScopeStatistics>.stride <= 500)
    }

    @Test func `a history stored by version 1 is read as long as there are later ones`() throws {
        // Written by version 1: requests at 0, 300 and 900 s of 50,000 to 52,000 tokens, the last of which awaits a
        // person, a ping that hit at 1,185 s, and a wish to keep it until 9,000 s.
        let stored = try #require(Data(base64Encoded: Self.version1))
        let schedule = try #require(WarmSchedule(stored: Array(stored), policy: .adaptive))
        #expect(schedule.lastArrival == at(900))
        #expect(schedule.anchor == at(1185))
        #expect(schedule.pingsInGap == 1)
        #expect(schedule.keptUntil == at(9000))
        let learned = try #require(schedule.learned)
        #expect(learned.arrivals == 3)
        #expect(learned.tokens == 52_000)
        #expect(learned.gap?.context == .later(use: 900, gap: 600, awaits: .human))
        #expect(learned.safety.paid == 70_000)
    }

    private static let version1 =
        "AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAoIbBVXNcYAAp0C5hc1xgACnQLmFzXGACQwJ2zY9cYACghsFVc1xgAAAAAAAAAgADC"
        + "2OTdXNcYAAAAAAAAAIAAAAAAAAAAgAQAAQAAAAAAAAAAoI7/PwAAAAAAAAAAAAAAAAAAAAAAAAAAcVTVP9RBD0B4WjQ/AAAAAAAA"
        + "AAAAAAAAAAAAAAAAAAADAAAABAAAAOBOrNpBAAAAAABk6UAAAAAAAECfQAAAAAAAF/FAAAAAAEDb+0AAAADBT6zaQYOCgj8HAuiM"
        + "NZk="

    @Test func `what is damaged in any place, cut off or of a later version is not taken over`() throws {
        let (schedule, shared) = drawn(3)
        var random = SeededRandom(seed: 5)
        func damaged(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            let place = random.pick(Array(bytes.indices))
            if random.chance(50) {
                bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            } else {
                bytes.removeSubrange(place...)
            }
            return bytes
        }
        for _ in 0..<60 {
            #expect(WarmSchedule(stored: damaged(schedule.stored()), policy: .adaptive) == nil)
            #expect(SharedStatistics(stored: damaged(shared.stored)) == nil)
            var gaps = shared
            let isRead = gaps.restoreGaps(damaged(shared.storedGaps))
            #expect(!isRead)
        }
        var later = StoredBytes(version: 200)
        later.write(1.0)
        #expect(WarmSchedule(stored: later.sealed, policy: .adaptive) == nil)
        #expect(SharedStatistics(stored: later.sealed) == nil)
    }

    @Test func `bytes that nobody has written are read without harm`() {
        var random = SeededRandom(seed: 6)
        for version in 0...3 as ClosedRange<UInt8> {
            for length in stride(from: 0, to: 300, by: 11) {
                var bytes = StoredBytes(version: version)
                for _ in 0..<length { bytes.write(UInt8.random(in: 0...255, using: &random)) }
                let schedule = WarmSchedule(stored: bytes.sealed, policy: .adaptive)
                _ = schedule?.next(after: at(0), timing: .fiveMinutes, prices: .tenth)
                var shared = SharedStatistics(stored: bytes.sealed) ?? SharedStatistics()
                shared.restoreGaps(bytes.sealed)
                shared.advance(to: at(0))
            }
        }
    }

    @Test func `a history goes on under any other policy`() throws {
        let (schedule, shared) = drawn(9)
        for policy in try ["idle:2@5m", "every:240s@5m", "off@1h", "adaptive:0.25"].map({ try WarmPolicy($0) }) {
            let other = try #require(WarmSchedule(stored: schedule.stored(), policy: policy))
            #expect(other.lastArrival == schedule.lastArrival)
            #expect((other.learned == nil) == !policy.isAdaptive)
            _ = other.next(after: at(0), timing: .oneHour, prices: .tenth, shared: shared)
        }
    }

    @Test func `a change of model, price or lifetime leaves what was learned sound`() throws {
        var (schedule, shared) = drawn(7)
        var now = schedule.lastArrival ?? at(0)
        for read in [0.025, 0.1, 1, 0] {
            let prices = PriceRatios(input: 1, read: read, write5m: 1.25, write1h: 2)
            for timing in [Timing.fiveMinutes, .oneHour] {
                now = now + .seconds(250)
                schedule.arrival(Arrival(start: now, prefixTokens: 9000), shared: &shared, prices: prices)
                schedule.paid(100)
                let decision = schedule.next(
                    after: now + timing.holdInterval, timing: timing, prices: prices, shared: shared)
                #expect(decision.reason.chance.map { (0...1).contains($0) } ?? true)
                _ = schedule.lifetimeToWrite(prices: prices, shared: shared)
            }
        }
        #expect(restored(schedule) == schedule)
    }

    @Test func `what several have learned adds up, in whatever order they tell of it`() throws {
        let one = drawn(11).shared
        let two = drawn(12).shared
        let nothing = SharedStatistics()
        func told(_ shared: SharedStatistics, to others: SharedStatistics) throws -> SharedStatistics {
            try #require(SharedStatistics(stored: shared.merged(with: others, since: nothing).stored))
        }
        let both = try told(two, to: told(one, to: nothing))
        let other = try told(one, to: told(two, to: nothing))
        for bin in 0..<GapAges.count {
            #expect(abs(both.arrived[bin] - one.arrived[bin] - two.arrived[bin]) < 1e-3)
            #expect(abs(both.entered[bin] - one.entered[bin] - two.entered[bin]) < 1e-3)
            #expect(abs(both.arrived[bin] - other.arrived[bin]) < 1e-3)
        }
        #expect(both.sums.requests == one.sums.requests + two.sums.requests)
        // Told again without news, nothing is counted twice.
        let again = both.merged(with: both, since: both)
        #expect(again == both)
    }

    @Test func `of two histories of a scope the later goes on, with what either knows of the entry`() {
        var one = WarmSchedule(policy: .adaptive)
        one.arrival(at: at(0))
        var two = one
        one.arrival(at: at(400))
        two.pinged(at: at(420), verdict: .hit)
        for merged in [one.merged(with: two), two.merged(with: one)] {
            #expect(merged.lastArrival == at(400))
            #expect(merged.anchor == at(420))
            #expect(merged.learned?.arrivals == 2)
        }
    }
}
