import CachePrices
import Foundation
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Testing
import WarmerTesting
import WarmingPolicies

@Suite("A week of traffic with a warmer and an emulator")
struct WeekTests {
    private struct Room {
        var name: String
        var policy: String
        var lifetime: Lifetime
    }

    private static let rooms = [
        Room(name: "held", policy: "every:299s@5m", lifetime: .fiveMinutes),
        Room(name: "agent", policy: "idle:2@5m", lifetime: .fiveMinutes),
        Room(name: "reports", policy: "break-even@1h", lifetime: .oneHour),
        Room(name: "left alone", policy: "off@5m", lifetime: .fiveMinutes),
    ]
    private static let week = Duration.seconds(7 * 86_400)

    @Test("Each request is warm exactly when a touch lies within its lifetime, and the bill agrees to the last token")
    func week() async throws {
        try await Emulator.run(EmulatorConfiguration(seed: 5)) { emulator in
            let house = try Household(emulator)
            for room in Self.rooms {
                try await house.warmer.add(
                    WarmScope(
                        name: room.name, body: Prompts.body(room.name, ttl: room.lifetime.rawValue),
                        policy: try WarmPolicy(room.policy)))
            }
            try await house.live {
                await withTaskGroup(of: Void.self) { group in
                    for (number, room) in Self.rooms.enumerated() {
                        house.clock.hold()
                        group.addTask {
                            await Self.traffic(of: room, seed: UInt64(number), house)
                            house.clock.release()
                        }
                    }
                    group.addTask { await emulator.time.advance(to: Self.week) }
                }
            }
            Self.check(house)
            let status = await house.warmer.status
            let spent = status.reduce(USD.zero) { $0 + $1.totals.spent }
            #expect(spent == house.ticks.reduce(USD.zero) { $0 + $1.cost })
        }
    }

    /// Bursts with gaps from seconds to hours.
    private static func traffic(of room: Room, seed: UInt64, _ house: Household) async {
        var random = SeededRandom(seed: seed)
        var at = Duration.seconds(30)
        for question in 0... {
            at += .seconds(exp(Double.random(in: log(5)...log(20_000), using: &random)))
            guard at < week else { return }
            try? await house.clock.sleep(until: SteppedClock.start + at)
            try? await house.ask(
                room.name, Prompts.body(room.name, ttl: room.lifetime.rawValue, question: question))
        }
    }

    private static func check(_ house: Household) {
        let touches = house.touches.sorted { $0.at < $1.at }
        #expect(touches.count { $0.isArrival } > 500)
        for room in rooms {
            let own = touches.filter { $0.scope == room.name }
            for (position, touch) in own.enumerated() {
                let isWarm = touch.isWarm(after: Array(own[..<position].suffix(20)), lifetime: room.lifetime)
                #expect((touch.usage.read > 0) == isWarm, "\(room.name) at \(touch.at), \(touch.usage)")
            }
        }
        let held = house.ticks.filter { $0.scope == "held" }
        #expect(held.dropFirst().allSatisfy { $0.verdict == .hit })
        #expect(touches.filter { $0.scope == "held" && $0.isArrival }.allSatisfy { $0.usage.read > 0 })
        #expect(house.ticks.allSatisfy { $0.scope != "left alone" })

        #expect(touches.reduce(Usage()) { $0 + $1.usage } == house.bill)
        let price = PriceList.builtIn.price(of: ModelID("claude-sonnet-5-5"))
        let pings = touches.filter { !$0.isArrival }.reduce(Usage()) { $0 + $1.usage }
        let spent = house.ticks.reduce(USD.zero) { $0 + $1.cost }
        #expect(spent == price?.cost(of: pings).total)
    }
}
