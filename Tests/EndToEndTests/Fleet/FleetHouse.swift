import CachePrices
import Logging
import PostgresWarmStore
import PromptCache
import PromptCacheEmulator
import PromptCacheWarmer
import SteppedTime
import Synchronization
import Upstreams
import WarmerTesting
import WarmingPolicies

/// Users of one workspace whose requests reach replicas at random, each with a warmer and connections of its own to one
/// PostgreSQL, on one stepped time.
final class FleetHouse: Sendable {
    static let workspace = "fleet"
    static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    let emulator: Emulator
    let clock: SteppedClock
    let users: WatchedCall
    private let url: String
    private let budget: Budget
    private let scopes: [WarmScope]
    private let state = Mutex(State())

    private struct State {
        var replicas: [Replica] = []
        var gone: [Replica] = []
        var made = 0
    }

    /// A process of the fleet, which can die or be cut off.
    final class Replica: Sendable {
        let warmer: CacheWarmer
        let line: Line
        let pings: WatchedCall

        fileprivate init(warmer: CacheWarmer, line: Line, pings: WatchedCall) {
            self.warmer = warmer
            self.line = line
            self.pings = pings
        }
    }

    init(_ emulator: Emulator, url: String, budget: Budget, scopes: [WarmScope]) throws {
        self.emulator = emulator
        self.url = url
        self.budget = budget
        self.scopes = scopes
        clock = SteppedClock(emulator.time)
        users = WatchedCall(try Self.client(emulator), clock: clock)
    }

    private static func client(_ emulator: Emulator) throws -> AnthropicClient {
        try AnthropicClient(
            credential: .apiKey("sk-emu-\(workspace)-1"), endpoint: emulator.baseURL,
            headers: [WarmHeader("x-emulator-participant", "local")])
    }

    var replicas: [Replica] { state.withLock(\.replicas) }
    /// Every ping that was sent, by whomever.
    var pings: [WatchedCall.Record] {
        state.withLock { ($0.replicas + $0.gone).flatMap(\.pings.records) }.sorted { $0.at < $1.at }
    }

    /// Starts another replica.
    func add() async throws {
        let clock = clock
        let number = state.withLock { state in
            state.made += 1
            return state.made
        }
        let store = try await PostgresWarmStore.open(
            url, budget: budget, connections: 2, now: { clock.now.wall }, logger: Self.silent)
        let line = Line(store)
        let pings = WatchedCall(try Self.client(emulator), clock: clock)
        let random = Mutex(SeededRandom(seed: UInt64(number)))
        let warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: DyingCall(call: pings, line: line)],
            options: WarmerOptions(
                gate: line, ledger: store, fleet: Fleet(line, name: "replica \(number)"), clock: clock,
                logger: Self.silent,
                random: { random.withLock { Double.random(in: 0...1, using: &$0) } }))
        for scope in scopes { try await warmer.add(scope) }
        await warmer.start()
        state.withLock { $0.replicas.append(Replica(warmer: warmer, line: line, pings: pings)) }
    }

    /// A replica dies at once: nobody hears of it any more, and what it had under way has no end.
    ///
    /// - Returns: how many scopes it left behind that no other had taken up: those that only it would have pinged again.
    func kill(_ number: Int) async -> Int {
        let replica = state.withLock { state in
            let replica = state.replicas.remove(at: number)
            state.gone.append(replica)
            return replica
        }
        replica.line.cut(.dead)
        func held(by replica: Replica) async -> Set<String> {
            Set(await replica.warmer.status.filter { $0.lifeLeft > .zero && $0.nextIsPing }.map(\.scope))
        }
        var orphans = await held(by: replica)
        for other in replicas where !other.line.isCut { orphans.subtract(await held(by: other)) }
        await replica.warmer.pauseAll()
        return orphans.count
    }

    /// A user asks now, by way of a replica; returns when the answer is there. The caller holds time.
    func ask(_ scope: String, _ body: [UInt8], by number: Int) async throws {
        let start = clock.now.elapsed
        let replica = state.withLock { $0.replicas[number % $0.replicas.count] }
        let response = try await users.send(WarmRequest(body: body, model: ModelID("claude-sonnet-5-5")))
        replica.warmer.noteArrival(of: scope, at: start, usage: response.usage)
    }

    /// Waits in real time until every replica that is not cut off has its store again.
    func awaitStore() async {
        for replica in replicas where !replica.line.isCut {
            while await replica.line.spent(on: clock.now.wall) == .largest { await Task.yield() }
        }
    }

    /// Ends all, so that everything is written.
    func close() async throws {
        for replica in replicas {
            await replica.warmer.pauseAll()
            await emulator.time.settle()
            await replica.warmer.stop()
            try await replica.line.store.close()
        }
        for replica in state.withLock(\.gone) { await replica.warmer.stop() }
    }
}

/// A replica's way to its store.
final class Line: SpendGate, PingLease {
    enum Cut: Sendable { case open, cutOff, dead }

    let store: PostgresWarmStore
    private let cut = Mutex(Cut.open)

    init(_ store: PostgresWarmStore) { self.store = store }

    var isCut: Bool { cut.withLock { $0 != .open } }
    var isDead: Bool { cut.withLock { $0 == .dead } }
    func cut(_ how: Cut) { cut.withLock { $0 = how } }

    private func check() throws(LedgerError) { if isCut { throw LedgerError(.busy, "cut off") } }

    func reserve(_ request: SpendRequest) async -> SpendAnswer {
        if isCut { return .refused(SpendRefusal(reason: "cut off", retryAt: request.wall + .seconds(10))) }
        return await store.reserve(request)
    }

    func settle(_ reservation: Reservation, at cost: USD) async {
        // Whoever is cut off tells later; the dead never do.
        if !isDead { await store.settle(reservation, at: cost) }
    }

    func spent(on wall: Moment) async -> USD { await store.spent(on: wall) }

    func claim(_ claim: PingClaim) async throws(LedgerError) -> ClaimAnswer {
        try check()
        return try await store.claim(claim)
    }

    func beat(_ beat: FleetBeat) async throws(LedgerError) -> FleetNews {
        try check()
        return try await store.beat(beat)
    }

    func touches(of keys: [String]) async throws(LedgerError) -> [String: LastTouch] {
        try check()
        return try await store.touches(of: keys)
    }

    func replicas() async throws(LedgerError) -> [ReplicaStatus] { try await store.replicas() }
}

/// Sends nothing once its process is dead.
private struct DyingCall: WarmCall {
    let call: any WarmCall
    let line: Line

    var endpoint: String { call.endpoint }
    func payer(of headers: [WarmHeader]) -> String? { call.payer(of: headers) }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        if line.isDead { throw NotSent("dead") }
        return try await call.send(request)
    }
}
