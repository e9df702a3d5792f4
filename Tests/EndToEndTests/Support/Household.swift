import CachePrices
import Logging
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Upstreams
import WarmerTesting
import WarmingPolicies

/// Users and a warmer of one workspace, with the emulator over HTTP, on one stepped time.
final class Household: Sendable {
    /// A request that touched a scope: a user's, or one of the warmer's.
    struct Touch: Sendable {
        var scope: String
        var at: Duration
        /// From when on others can read what it wrote; what it read it has refreshed at once.
        var readableAt: Duration
        var usage: Usage
        var isArrival: Bool
    }

    static let workspace = "house"
    let emulator: Emulator
    let clock: SteppedClock
    let warmer: CacheWarmer
    private let client: WatchedCall
    private let heard: Heard

    private final class Heard: Sendable {
        let ticks = Mutex<[Tick]>([])
        let touches = Mutex<[Touch]>([])

        func note(_ tick: Tick) {
            ticks.withLock { $0.append(tick) }
            guard tick.verdict != nil else { return }
            let at = tick.at.elapsed - SteppedClock.start
            let touch = Touch(
                scope: tick.scope, at: at, readableAt: at + (tick.latency ?? .zero), usage: tick.usage, isArrival: false
            )
            touches.withLock { $0.append(touch) }
        }
    }

    init(
        _ emulator: Emulator, budget: Budget = .perDay(.usd("1000000")), pingsPerSecond: Double = 50,
        store: (any WarmStore)? = nil
    ) throws {
        self.emulator = emulator
        let clock = SteppedClock(emulator.time)
        let heard = Heard()
        // This process holds time for its requests.
        client = WatchedCall(
            try AnthropicClient(
                credential: .apiKey("sk-emu-\(Self.workspace)-1"), endpoint: emulator.baseURL,
                headers: [WarmHeader("x-emulator-participant", "local")]),
            clock: clock)
        let random = Mutex(SeededRandom(seed: 3))
        warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: client],
            options: WarmerOptions(
                budget: budget, gate: store, ledger: store, experience: store, clock: clock,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
                pingsPerSecond: pingsPerSecond,
                random: { random.withLock { Double.random(in: 0...1, using: &$0) } },
                onTick: { tick in heard.note(tick) }))
        self.clock = clock
        self.heard = heard
    }

    var ticks: [Tick] { heard.ticks.withLock(\.self) }
    var touches: [Touch] { heard.touches.withLock(\.self) }
    /// Every call, the users' and the warmer's, with what came back.
    var calls: [WatchedCall.Record] { client.records }

    /// What the emulator has billed, in the warmer's words.
    var bill: Usage {
        let bill = emulator.bill(of: Self.workspace)
        return Usage(
            input: bill.input, write5m: bill.write5m, write1h: bill.write1h, read: bill.read, output: bill.output)
    }

    /// Runs a body while the warmer warms.
    func live(_ body: () async throws -> Void) async throws {
        await warmer.start()
        await emulator.time.settle()
        do {
            try await body()
        } catch {
            await warmer.stop()
            throw error
        }
        for name in Set(await warmer.status.map(\.scope)) { await warmer.pause(name) }
        await emulator.time.settle()
        await warmer.stop()
    }

    /// A user asks now; returns when the answer is there. The caller holds time.
    func ask(_ scope: String, _ body: [UInt8]) async throws {
        let start = clock.now.elapsed
        let request = WarmRequest(body: body, model: ModelID("claude-sonnet-5-5"))
        guard let usage = try await client.send(request).usage else { return }
        // A request that failed has touched nothing.
        warmer.noteArrival(of: scope, at: start, usage: usage)
        heard.touches.withLock {
            $0.append(
                Touch(
                    scope: scope, at: start - SteppedClock.start, readableAt: clock.now.elapsed - SteppedClock.start,
                    usage: usage, isArrival: true))
        }
    }
}

extension Household.Touch {
    /// Whether the provider would still hold the scope at this touch, going by all touches before it and by nothing else.
    func isWarm(after others: [Household.Touch], lifetime: Lifetime) -> Bool {
        others.contains { other in
            let isReadable = other.usage.read > 0 ? other.at < at : other.readableAt <= at
            return other.scope == scope && other.at < at && isReadable && at - other.at <= lifetime.duration
        }
    }
}
