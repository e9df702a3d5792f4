import Foundation
import PromptCache
import SteppedTime
import Testing
import WarmingPolicies

/// What holds for any history, drawn at random.
@Suite struct SchedulePropertyTests {
    private static let names = [
        "every:240s@5m", "every:299s@5m", "every:3599s@1h", "idle:2@5m", "idle:3/100s@5m", "idle:5@1h", "break-even@5m",
        "break-even@1h", "off@5m", "uncached",
    ]

    private enum Event {
        case arrival
        case ping(Verdict)
        case failure
        case prewarm
        case resume
    }

    private static func draw(_ random: inout SeededRandom) -> Event {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: .arrival
        case 6..<13: .ping(.hit)
        case 13: .ping(.partial)
        case 14, 15: .ping(.rewritten)
        case 16: .ping(.uncached)
        case 17: .failure
        case 18: .prewarm
        default: .resume
        }
    }

    private static func apply(_ event: Event, at moment: Moment, to schedule: inout WarmSchedule) {
        switch event {
        case .arrival: schedule.arrival(at: moment)
        case .ping(let verdict): schedule.pinged(at: moment, verdict: verdict)
        case .failure: schedule.failed(at: moment)
        case .prewarm: schedule.prewarmed(at: moment, verdict: .rewritten)
        case .resume: schedule.resume()
        }
    }

    private static func timing(_ policy: WarmPolicy) -> Timing { policy.lifetime == .oneHour ? .oneHour : .fiveMinutes }

    /// Drives random histories and shows each state, with the present, to a check.
    private func drive(seed: UInt64, check: (WarmSchedule, Moment) throws -> Void) throws {
        var random = SeededRandom(seed: seed)
        for name in Self.names {
            for verifies in [false, true] {
                for _ in 0..<40 {
                    var schedule = try WarmSchedule(name, verifies: verifies)
                    var now = at(0)
                    for _ in 0..<60 {
                        now = now + .seconds(Double.random(in: 0...700, using: &random))
                        // Now and then something is told late.
                        let isLate = Int.random(in: 0..<5, using: &random) == 0
                        let late = Double.random(in: 0...(isLate ? 900 : 0), using: &random)
                        Self.apply(Self.draw(&random), at: now - .seconds(late), to: &schedule)
                        try check(schedule, now)
                    }
                }
            }
        }
    }

    @Test func `the same history gives the same decision and doubled prices change none`() throws {
        try drive(seed: 10) { schedule, now in
            let timing = Self.timing(schedule.policy)
            let prices = PriceRatios(input: 3, read: 0.3, write5m: 3.75, write1h: 6)
            let doubled = PriceRatios(input: 6, read: 0.6, write5m: 7.5, write1h: 12)
            let decision = schedule.next(after: now, timing: timing, prices: prices)
            #expect(decision == schedule.next(after: now, timing: timing, prices: prices))
            #expect(decision == schedule.next(after: now, timing: timing, prices: doubled))
        }
    }

    @Test func `no decision lies in the past`() throws {
        try drive(seed: 11) { schedule, now in
            let decision = schedule.next(after: now, timing: Self.timing(schedule.policy), prices: .tenth)
            #expect(decision.moment.map { $0 >= now } ?? true)
        }
    }

    @Test func `a ping asked for in time never starts later than the margin allows`() throws {
        try drive(seed: 12) { schedule, now in
            let timing = Self.timing(schedule.policy)
            guard let anchor = schedule.anchor, schedule.failuresInARow == 0, now <= anchor + timing.holdInterval,
                case .ping(let moment, _) = schedule.next(after: now, timing: timing, prices: .tenth)
            else { return }
            #expect(moment - anchor <= timing.holdInterval)
        }
    }

    @Test func `only policies that hold for ever ping what is cold`() throws {
        try drive(seed: 13) { schedule, now in
            let timing = Self.timing(schedule.policy)
            guard case .ping(let moment, _) = schedule.next(after: now, timing: timing, prices: .tenth) else { return }
            let lives = schedule.anchor.map { moment < $0 + timing.lifetime.duration } ?? false
            #expect(lives || !schedule.policy.needsArrivals)
        }
    }

    @Test func `an arrival always postpones`() throws {
        try drive(seed: 14) { schedule, now in
            let timing = Self.timing(schedule.policy)
            var visited = schedule
            visited.arrival(at: now)
            guard case .ping(let before, _) = schedule.next(after: now, timing: timing, prices: .tenth),
                case .ping(let after, _) = visited.next(after: now, timing: timing, prices: .tenth)
            else { return }
            #expect(after >= before)
        }
    }

    @Test func `stored and read back in any state it decides the same`() throws {
        var count = 0
        try drive(seed: 15) { schedule, now in
            count += 1
            guard count % 20 == 0 else { return }
            let stored = schedule.stored()
            #expect(stored.count <= 600)
            #expect(
                WarmSchedule(stored: stored, policy: schedule.policy, verifies: schedule.verifies) == schedule)
        }
    }

    @Test(arguments: names)
    func `two pings without a miss are never closer than the spacing`(name: String) throws {
        var random = SeededRandom(seed: 16)
        var schedule = try WarmSchedule(name, verifies: true)
        let timing = Self.timing(schedule.policy)
        guard let spacing = schedule.policy.spacing.map({ min($0, timing.holdInterval) }) else { return }
        var now = at(0)
        var last: Moment?
        schedule.arrival(at: now)
        for _ in 0..<2000 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                now = now + .seconds(Double.random(in: 0...600, using: &random))
                schedule.arrival(at: now)
            }
            guard case .ping(let moment, _) = schedule.next(after: now, timing: timing, prices: .tenth) else {
                now = now + .seconds(1000)
                schedule.arrival(at: now)
                continue
            }
            if let last { #expect(moment - last >= spacing) }
            let wasAlive = schedule.anchor.map { moment < $0 + timing.lifetime.duration } ?? false
            schedule.pinged(at: moment, verdict: wasAlive ? .hit : .rewritten)
            last = moment
            // The answer takes a while, which is told afterwards.
            now = moment + .seconds(Double.random(in: 0...30, using: &random))
        }
    }

    @Test(arguments: [Verdict.hit, .partial, .rewritten, .uncached])
    func `a scope to which nobody returns costs a bounded number of pings`(verdict: Verdict) throws {
        for (name, most) in [("idle:3@5m", 3), ("idle:7/60s@1h", 7), ("break-even@5m", 11), ("break-even@1h", 19)] {
            var schedule = try WarmSchedule(name, verifies: true)
            schedule.arrival(at: at(0))
            var (pings, now) = (0, at(0))
            while case .ping(let moment, _) = schedule.next(
                after: now, timing: Self.timing(schedule.policy), prices: .tenth)
            {
                pings += 1
                schedule.pinged(at: moment, verdict: verdict)
                now = moment + .seconds(1)
                guard pings <= most else { break }
            }
            #expect(pings <= most)
            #expect(verdict != .hit || pings == most)
        }
    }
}
