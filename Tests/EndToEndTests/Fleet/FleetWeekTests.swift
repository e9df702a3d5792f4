import CachePrices
import Foundation
import PostgresWarmStore
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Synchronization
import TestPostgres
import Testing
import WarmerTesting
import WarmingPolicies

/// How long; a week with WARMER_FLEET_DAYS=7.
private let days = ProcessInfo.processInfo.environment["WARMER_FLEET_DAYS"].flatMap(Int.init) ?? 1

@Suite("A fleet on PostgreSQL and the emulator", .serialized)
struct FleetWeekTests {
    private struct Room: Sendable {
        var name: String
        var policy: String
    }

    private static let rooms =
        (0..<4).map { Room(name: "held \($0)", policy: "every:285s@5m") }
        + (0..<4).map { Room(name: "agent \($0)", policy: "idle:2@5m") }
        + (0..<4).map { Room(name: "chat \($0)", policy: "break-even@5m") }

    private static var end: Duration { .seconds(days * 86_400) }

    /// What the days came to.
    private struct Outcome: Sendable {
        var pings: [WatchedCall.Record]
        var coldStarts: Int
        var failures: Int
        var requests: Int
        var bill: Usage
        var usersBill: Usage
        var summary: LedgerSummary
        var orphans = 0
        var overspent: [USD] = []

        /// The shortest time between two pings of one scope.
        var closest: Duration {
            Dictionary(grouping: pings, by: \.prompt).values.map { own in
                zip(own, own.dropFirst()).map { $1.at - $0.at }.min() ?? .seconds(3_600)
            }.min() ?? .zero
        }
    }

    @Test("Three replicas send what one does, ping nothing twice, and spend to the cent what they say")
    func week() async throws {
        let one = try await Self.live(replicas: 1)
        let three = try await Self.live(replicas: 3)
        print(
            "fleet: \(one.pings.count) pings of one daemon, \(three.pings.count) of three replicas, \(days) days; "
                + "\(three.requests) requests, \(one.coldStarts) and \(three.coldStarts) cold starts; "
                + "closest pings of a scope \(three.closest)")
        #expect(one.pings.count > 500 * days)
        #expect(abs(three.pings.count - one.pings.count) * 50 <= one.pings.count)
        #expect(three.closest > .seconds(150))
        for outcome in [one, three] {
            #expect(outcome.failures == 0)
            // What the provider has billed is what users were told and what was settled.
            let pinged = outcome.pings.reduce(Usage()) { $0 + ($1.usage ?? Usage()) }
            #expect(outcome.usersBill + pinged == outcome.bill)
            #expect(
                PriceList.builtIn.cost(of: pinged, model: ModelID("claude-sonnet-5-5"))?.total
                    == outcome.summary.settled)
            #expect(outcome.summary.openReservations == 0)
        }
        #expect(abs(three.coldStarts - one.coldStarts) * 50 <= one.coldStarts)
    }

    @Test(
        "With a replica killed every hour, PostgreSQL restarted three times and a replica cut off, users notice nothing"
    )
    func chaos() async throws {
        let budget = Budget.perDay(.usd("2.00"))
        let calm = try await Self.live(replicas: 1, budget: budget)
        let rough = try await Self.live(replicas: 3, budget: budget, isRough: true)
        print(
            "rough: \(rough.pings.count) pings against \(calm.pings.count) of one daemon, "
                + "\(rough.coldStarts) cold starts against \(calm.coldStarts), \(rough.orphans) orphaned scopes, "
                + "\(rough.summary.openReservations) reservations left open")
        #expect(rough.failures == 0)
        #expect(rough.overspent.isEmpty)
        #expect(rough.coldStarts <= calm.coldStarts + rough.orphans)
    }

    private static func live(
        replicas: Int, budget: Budget = .perDay(.usd("1000")), isRough: Bool = false
    ) async throws -> Outcome {
        let postgres = isRough ? try await PostgresFixture.start() : try await PostgresFixture.shared()
        let url = try await postgres.database()
        let scopes = try rooms.map {
            WarmScope(name: $0.name, body: Prompts.body($0.name), policy: try WarmPolicy($0.policy))
        }
        let outcome = Mutex<Outcome?>(nil)
        try await Emulator.run(EmulatorConfiguration(seed: 5)) { emulator in
            let house = try FleetHouse(emulator, url: url, budget: budget, scopes: scopes)
            var orphans = 0
            for _ in 0..<replicas { try await house.add() }
            await emulator.time.settle()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, room) in rooms.enumerated() {
                    house.clock.hold()
                    group.addTask {
                        await traffic(of: room, seed: UInt64(number), house)
                        house.clock.release()
                    }
                }
                if isRough {
                    orphans = try await roughly(house, postgres)
                } else {
                    await emulator.time.advance(to: end)
                }
                try await group.waitForAll()
            }
            try await house.close()
            let store = try await PostgresWarmStore.open(
                url, budget: budget, logger: FleetHouse.silent)
            var overspent: [USD] = []
            // What lies after the beginning of a day counts on that day: the last one is told apart first.
            var later = USD.zero
            for day in (0...days).reversed() {
                let spent = await store.spent(on: SteppedClock.start + .seconds(day * 86_400))
                if spent - later > budget.perDay { overspent.append(spent - later) }
                later = spent
            }
            let (users, bill) = (house.users.records, emulator.bill(of: FleetHouse.workspace))
            let all = Outcome(
                pings: house.pings.filter { $0.status == 200 },
                coldStarts: users.count { $0.usage.map { $0.read == 0 } ?? false },
                failures: users.count { $0.status != 200 }, requests: users.count,
                bill: Usage(
                    input: bill.input, write5m: bill.write5m, write1h: bill.write1h, read: bill.read,
                    output: bill.output),
                usersBill: users.reduce(Usage()) { $0 + ($1.usage ?? Usage()) }, summary: try await store.summary(),
                orphans: orphans, overspent: overspent)
            outcome.withLock { $0 = all }
        }
        if isRough { try await postgres.stop() }
        let found = outcome.withLock { $0 }
        return try #require(found)
    }

    /// Hour by hour: kills, restarts of the server, and one that is cut off for some hours.
    private static func roughly(
        _ house: FleetHouse, _ postgres: PostgresFixture
    ) async throws -> Int {
        var random = SeededRandom(seed: 99)
        var orphans = 0
        let hours = days * 24
        for hour in 0..<hours {
            await house.emulator.time.advance(by: .seconds(Int.random(in: 1_000...2_600, using: &random)))
            if hour == hours / 5 { house.replicas[2].line.cut(.cutOff) }
            if hour == hours / 5 + 4 { for replica in house.replicas { replica.line.cut(.open) } }
            if [hours / 4, hours / 2, hours * 3 / 4].contains(hour) {
                try await postgres.stop(crashes: hour == hours / 2)
                await house.emulator.time.advance(by: .seconds(2))
                try await postgres.start()
                await house.awaitStore()
            }
            let victim = Int.random(in: 0..<2, using: &random)
            orphans += await house.kill(victim)
            try await house.add()
            let rest = Duration.seconds((hour + 1) * 3_600)
            if house.emulator.time.now < rest { await house.emulator.time.advance(to: rest) }
        }
        return orphans
    }

    /// Bursts with gaps from seconds to hours, each request at a replica of chance's.
    private static func traffic(of room: Room, seed: UInt64, _ house: FleetHouse) async {
        var random = SeededRandom(seed: seed)
        var replicas = SeededRandom(seed: seed + 1_000)
        var at = Duration.seconds(30)
        for question in 0... {
            at += .seconds(exp(Double.random(in: log(5)...log(20_000), using: &random)))
            guard at < end else { return }
            try? await house.clock.sleep(until: SteppedClock.start + at)
            try? await house.ask(
                room.name, Prompts.body(room.name, question: question),
                by: Int.random(in: 0..<3, using: &replicas))
        }
    }
}
