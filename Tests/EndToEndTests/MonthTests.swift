import CachePrices
import Foundation
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerTesting
import WarmingPolicies

/// A few scopes over some days; `make month` lives through a month with five hundred.
@Suite("Days with every fault at random")
struct MonthTests {
    private struct Room {
        var name: String
        var policy: String
        var lifetime: Lifetime
        /// The mean time between two requests of its users.
        var gap: Double
    }

    private static let days = Int(ProcessInfo.processInfo.environment["WARMER_MONTH_DAYS"] ?? "") ?? 3
    private static let scopes = Int(ProcessInfo.processInfo.environment["WARMER_MONTH_SCOPES"] ?? "") ?? 20
    private static var end: Duration { .seconds(days * 86_400) }

    /// One in ten is held for five minutes at a time and two for an hour; the others wait for arrivals.
    private static let rooms = (0..<scopes).map { number in
        switch number % 10 {
        case 0: Room(name: "held \(number)", policy: "every:299s@5m", lifetime: .fiveMinutes, gap: 10_000)
        case 1, 2: Room(name: "hourly \(number)", policy: "every:3599s@1h", lifetime: .oneHour, gap: 10_000)
        case 3, 4, 5: Room(name: "agent \(number)", policy: "idle:2@5m", lifetime: .fiveMinutes, gap: 5000)
        case 6, 7: Room(name: "reports \(number)", policy: "break-even@1h", lifetime: .oneHour, gap: 15_000)
        case 8: Room(name: "chat \(number)", policy: "break-even@5m", lifetime: .fiveMinutes, gap: 8000)
        default: Room(name: "alone \(number)", policy: "off@5m", lifetime: .fiveMinutes, gap: 8000)
        }
    }

    private static let usualFaults = """
        [{"status": 529, "rate": 0.01}, {"status": 529, "retry_after": 5, "rate": 0.004},
         {"status": 429, "retry_after": 20, "rate": 0.002}, {"status": 500, "rate": 0.003},
         {"status": 504, "delay_ms": 30000, "rate": 0.001}, {"delay_ms": 20000, "rate": 0.003},
         {"cut": "before", "rate": 0.002}, {"cut": "mid", "rate": 0.002}, {"evict": true, "rate": 0.003},
         {"downgrade_1h": true, "rate": 0.003}, {"refuse_zero": 422, "rate": 0.0002}]
        """

    @Test("Every lapse has a fault that made it unavoidable, and the spending is the bill to the last token")
    func month() async throws {
        let latency = LatencyModel.logNormal(median: .milliseconds(900), percentile99: .seconds(6))
        try await Emulator.run(EmulatorConfiguration(seed: 11, latency: latency, mostRecords: 10_000_000)) { emulator in
            let house = try Household(emulator)
            for room in Self.rooms {
                try await house.warmer.add(
                    WarmScope(
                        name: room.name, body: Prompts.body(room.name, ttl: room.lifetime.rawValue),
                        policy: try WarmPolicy(room.policy)))
            }
            try emulator.setFaults(Self.usualFaults)
            try await house.live {
                await withTaskGroup(of: Void.self) { group in
                    for (number, room) in Self.rooms.enumerated() {
                        Self.take(part: &group, house) { await Self.traffic(of: room, seed: UInt64(number), house) }
                    }
                    Self.take(part: &group, house) { await Self.misfortunes(emulator, house) }
                    group.addTask { await emulator.time.advance(to: Self.end) }
                }
            }
            let judge = LapseJudge(house, emulator)
            for room in Self.rooms where room.policy.hasPrefix("every") {
                let lapses = judge.lapses(of: room.name, lifetime: room.lifetime)
                #expect(lapses.filter { $0.fault == nil }.isEmpty, "\(room.name)")
            }
            Self.checkMoney(house, emulator)
            let pings = house.ticks.count
            print(
                "\(Self.scopes) scopes, \(Self.days) days: \(house.calls.count) calls, \(pings) ticks, "
                    + judge.summary)
        }
    }

    private static func take(
        part group: inout TaskGroup<Void>, _ house: Household, _ work: @escaping @Sendable () async -> Void
    ) {
        house.clock.hold()
        group.addTask {
            await work()
            house.clock.release()
        }
    }

    private static func traffic(of room: Room, seed: UInt64, _ house: Household) async {
        var random = SeededRandom(seed: seed)
        var at = Duration.zero
        for question in 0... {
            at += .seconds(-room.gap * log(Double.random(in: 0.0001..<1, using: &random)))
            guard at < end else { return }
            try? await house.clock.sleep(until: SteppedClock.start + at)
            try? await house.ask(
                room.name, Prompts.body(room.name, ttl: room.lifetime.rawValue, question: question))
        }
    }

    /// From time to time the provider is down, refuses the key, or limits what it takes in.
    private static func misfortunes(_ emulator: Emulator, _ house: Household) async {
        var random = SeededRandom(seed: 99)
        var at = Duration.seconds(7200)
        while at < end {
            try? await house.clock.sleep(until: SteppedClock.start + at)
            let length = Duration.seconds(Double.random(in: 60...1200, using: &random))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: try? emulator.setFaults(#"[{"status": 503}]"#)
            case 1: try? emulator.setFaults(#"[{"status": 401}]"#)
            default: emulator.setLimits(EmulatedLimits(requests: 2 + scopes / 10, inputTokens: 20_000))
            }
            try? await house.clock.sleep(until: SteppedClock.start + at + length)
            try? emulator.setFaults(usualFaults)
            emulator.setLimits(EmulatedLimits())
            for room in rooms { await house.warmer.resume(room.name) }
            at += .seconds(Double.random(in: 10_000...60_000, using: &random))
        }
    }

    /// What was answered adds up to the bill, but for answers that were cut off on the way: those the warmer has counted
    /// at their worst.
    private static func checkMoney(_ house: Household, _ emulator: Emulator) {
        let cut = emulator.log.filter { $0.faults.contains("cut mid") }
            .reduce(Usage()) { sum, record in sum + Usage(emulated: record.usage) }
        let answered = house.calls.compactMap(\.usage).reduce(Usage(), +)
        #expect(answered + cut == house.bill)

        let arrivals = house.touches.filter(\.isArrival).reduce(Usage()) { $0 + $1.usage }
        let pinged = house.ticks.reduce(Usage()) { $0 + $1.usage }
        #expect(arrivals + pinged == answered)
        let spent = house.ticks.reduce(USD.zero) { $0 + $1.cost }
        let price = PriceList.builtIn.price(of: ModelID("claude-sonnet-5-5"))
        #expect(spent >= price?.cost(of: pinged).total ?? .zero)
    }
}

extension Usage {
    init(emulated: EmulatedUsage) {
        self.init(
            input: emulated.input, write5m: emulated.write5m, write1h: emulated.write1h, read: emulated.read,
            output: emulated.output)
    }
}
