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
            schedule.answered(verdict: .partial, awaits: random.pick(Awaits.allCases), shared: &shared)
            schedule.paid(Double.random(in: 0...200_000, using: &random))
        }
        return (schedule, shared)
    }

    @Test func `stored and read back both decide and learn on as before`() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            let (schedule, shared) = drawn(seed)
            let json = try JSONEncoder().encode([schedule])
            var restored = try #require(try JSONDecoder().decode([WarmSchedule].self, from: json).first)
            var restoredShared = try JSONDecoder().decode(
                [SharedStatistics].self, from: JSONEncoder().encode([shared]))[0]
            #expect(restored == schedule)
            // In a variable, so that a failure does not print thousands of numbers.
            let isSame = restoredShared == shared
            #expect(isSame)
            var (original, originalShared) = (schedule, shared)
            let later = (schedule.lastArrival ?? at(0)) + .seconds(1234)
            original.arrival(Arrival(start: later), shared: &originalShared, prices: .tenth)
            restored.arrival(Arrival(start: later), shared: &restoredShared, prices: .tenth)
            #expect(restored == original)
            let learnsOn = restoredShared == originalShared
            #expect(learnsOn)
        }
    }

    @Test func `what is learned of a scope takes at most 600 bytes, stored and in memory`() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            let learned = try #require(drawn(seed).schedule.learned)
            #expect(try JSONEncoder().encode([learned]).count <= 300)
        }
        #expect(MemoryLayout<WarmSchedule>.stride <= 600)
    }

    @Test func `a state stored by the first version is read`() throws {
        let json = """
            {"policy":"idle:2@5m","verifies":false,"pingsInGap":1,"misses":0,"missesInARow":0,"failuresInARow":0,\
            "uncachedInARow":0,"lastArrival":1790000000000000000,"anchor":1790000285000000000,\
            "lastPing":1790000285000000000,"gapStart":1790000000000000000}
            """
        let schedule = try JSONDecoder().decode(WarmSchedule.self, from: Data(json.utf8))
        #expect(schedule.ping(300) == 570)
    }

    @Test func `what was learned by version 1 is read as long as there are later ones`() throws {
        // After requests at 0, 300 and 900 s of 50,000 to 52,000 tokens, the last of which awaits a person.
        let stored =
            "AQAAAAAAAAAAoI7/PwAAAAAAAAAAAAAAAAAAAAAAAAAAlevOP9RcC0B16jY/AAAAAAAAAAAAAAAAAAAAAAAAAAADAAAABAAAAOBO"
            + "rNpBAAAAAABk6UAAAAAAAECfQAAAAAAAF/FAAAAAAEDb+0AAAADBT6zaQYOCgj8HAg=="
        let learned = try JSONDecoder().decode([ScopeStatistics].self, from: Data("[\"\(stored)\"]".utf8))[0]
        #expect(learned.arrivals == 3)
        #expect(learned.tokens == 52_000)
        #expect(learned.gap?.context == .later(use: 900, gap: 600, awaits: .human))
        #expect(learned.safety.paid == 70_000)
    }

    @Test func `a damaged state or one of a later version begins anew`() throws {
        let shared = drawn(3).shared
        let whole = try JSONEncoder().encode([shared])
        let text = String(decoding: whole, as: UTF8.self)
        var random = SeededRandom(seed: 5)
        for _ in 0..<30 {
            var letters = Array(text)
            let place = random.pick(letters.indices.filter { letters[$0].isLetter })
            if random.chance(50) { letters[place] = "A" } else { letters.remove(at: place) }
            let read = try JSONDecoder().decode([SharedStatistics].self, from: Data(String(letters).utf8))[0]
            // Whatever came of it can be worked with.
            let value = read.hazard(5, .first)
            #expect(value > 0 && value < 1)
        }
        let later = Data([9, 1, 2, 3]).base64EncodedString()
        let scope = try JSONDecoder().decode([ScopeStatistics].self, from: Data("[\"\(later)\"]".utf8))[0]
        #expect(scope == ScopeStatistics())
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
        let json = try JSONEncoder().encode([schedule])
        #expect(try JSONDecoder().decode([WarmSchedule].self, from: json) == [schedule])
    }
}
