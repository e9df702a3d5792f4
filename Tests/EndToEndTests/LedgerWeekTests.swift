import CachePrices
import Foundation
import Logging
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SQLiteWarmStore
import SteppedTime
import Synchronization
import Testing
import WarmerTesting
import WarmingPolicies

@Suite("A week in the ledger")
struct LedgerWeekTests {
    private struct Room {
        var name: String
        var policy: String
        var lifetime: Lifetime
        /// What its prompt shares with others, or keeps for longer than the rest.
        var head: Prompts.Head?

        func body(question: Int = 0) -> [UInt8] {
            Prompts.body(name, ttl: lifetime.rawValue, head: head, question: question)
        }
    }

    private static let rooms = [
        Room(name: "held", policy: "every:285s@5m", lifetime: .fiveMinutes),
        Room(name: "agent", policy: "idle:2@5m", lifetime: .fiveMinutes),
        Room(name: "chat", policy: "break-even@5m", lifetime: .fiveMinutes),
        Room(name: "reports", policy: "break-even@1h", lifetime: .oneHour),
        Room(
            name: "mixed", policy: "idle:3@5m", lifetime: .fiveMinutes, head: Prompts.Head(name: "the rules", ttl: "1h")
        ),
        Room(
            name: "left", policy: "idle:4@5m", lifetime: .fiveMinutes, head: Prompts.Head(name: "the house", ttl: "5m")),
        Room(
            name: "right", policy: "off@5m", lifetime: .fiveMinutes, head: Prompts.Head(name: "the house", ttl: "5m")),
    ]
    private static let week = Duration.seconds(7 * 86_400)
    private static let model = ModelID("claude-sonnet-5-5")

    /// What a week came to.
    private struct Outcome {
        var bill: Usage
        var rows: [LedgerRow]
        var totals: LedgerTotals
        var spent: USD
        var billed: USD { PriceList.builtIn.cost(of: bill, model: LedgerWeekTests.model)?.total ?? .largest }
    }

    @Test(
        "The ledger's total is the provider's bill, and what it claims is what warming has changed", arguments: [1])
    func week(seed: UInt64) async throws {
        let warmed = try await Self.live(seed: seed, warms: true)
        #expect(warmed.rows.reduce(Usage()) { $0 + ($1.usage ?? Usage()) } == warmed.bill)
        #expect(warmed.totals.usage + warmed.totals.pingUsage == warmed.bill)
        #expect(warmed.totals.cost + warmed.totals.pingCost == warmed.billed)
        #expect(warmed.totals.pingCost == warmed.spent)
        #expect(warmed.totals.pings > 2_000 && warmed.totals.requests > 300)

        let left = try await Self.live(seed: seed, warms: false)
        #expect(left.totals.pings == 0 && left.totals.saved == .zero)
        #expect(left.totals.requests == warmed.totals.requests)
        let difference = left.billed - warmed.billed
        let error = (warmed.totals.net - difference).picodollars.magnitude
        #expect(
            error * 100 <= difference.picodollars.magnitude,
            "claimed \(warmed.totals.net), and the bills differ by \(difference)")
    }

    private static func live(seed: UInt64, warms: Bool) async throws -> Outcome {
        let file = NSTemporaryDirectory() + "week-\(UUID().uuidString).sqlite"
        defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) } }
        let store = try await SQLiteWarmStore.open(
            file, budget: .perDay(.usd("1000")), now: { .distantFuture },
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let bill = Mutex(Usage())
        try await Emulator.run(EmulatorConfiguration(seed: seed)) { emulator in
            let house = try Household(emulator, store: store)
            for room in rooms {
                let policy = warms ? room.policy : "off@\(room.lifetime.rawValue)"
                try await house.warmer.add(
                    WarmScope(
                        name: room.name, body: room.body(), policy: try WarmPolicy(policy)))
            }
            try await house.live {
                await withTaskGroup(of: Void.self) { group in
                    for (number, room) in rooms.enumerated() {
                        house.clock.hold()
                        group.addTask {
                            await traffic(of: room, seed: seed * 10 + UInt64(number), house)
                            house.clock.release()
                        }
                    }
                    group.addTask { await emulator.time.advance(to: week) }
                }
            }
            let billed = house.bill
            bill.withLock { $0 = billed }
        }
        try await store.flush()
        let totals = try await store.totals(from: .distantPast, to: .distantFuture)
        return Outcome(
            bill: bill.withLock(\.self), rows: try await store.rows(from: .distantPast, to: .distantFuture),
            totals: totals.reduce(into: LedgerTotals()) { $0 += $1.totals }, spent: try await store.summary().settled)
    }

    /// Bursts with gaps from seconds to hours.
    private static func traffic(of room: Room, seed: UInt64, _ house: Household) async {
        var random = SeededRandom(seed: seed)
        var at = Duration.seconds(30)
        for question in 0... {
            at += .seconds(exp(Double.random(in: log(5)...log(20_000), using: &random)))
            guard at < week else { return }
            try? await house.clock.sleep(until: SteppedClock.start + at)
            try? await house.ask(room.name, room.body(question: question))
        }
    }
}
