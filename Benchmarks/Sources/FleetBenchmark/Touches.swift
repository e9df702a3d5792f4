import CachePrices
import Figures
import Logging
import PostgresWarmStore
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// Arrivals at random scopes in real time, noted with one replica of a fleet.
struct Touches {
    static let scopes = 100_000
    static let perSecond = 50_000
    static let seconds = 20

    let url: String

    func run() async throws {
        let store = try await PostgresWarmStore.open(url, budget: .perDay(.zero), logger: .silent)
        let watched = WatchedLease(store)
        let host = try await Host(scopes: Self.scopes, fleet: Fleet(watched), gate: nil, ledger: nil)
        await host.warmer.start()
        let before = Figures.processorSeconds
        let late = try await host.arrive(perSecond: Self.perSecond, seconds: Self.seconds)
        let processor = Figures.processorSeconds - before
        try await Task.sleep(for: .seconds(3))
        await host.warmer.stop()
        let arrivals = Self.perSecond * Self.seconds
        let beats = watched.beats.filter { $0.touches > 0 }
        let slowest = beats.map(\.took).max() ?? .zero
        let mean = beats.reduce(Duration.zero) { $0 + $1.took } / max(1, beats.count)
        print(
            "\(arrivals) arrivals in \(Self.seconds) s for \(Self.scopes) scopes: \(beats.count) writes of "
                + "\(beats.reduce(0) { $0 + $1.touches } / max(1, beats.count)) touches, "
                + "\(text(mean / .milliseconds(1), 0)) ms each, \(text(slowest / .milliseconds(1), 0)) ms the slowest; "
                + "\(text(processor / Double(arrivals) * 1e6, 2)) µs of processor time an arrival; "
                + "the last tick was \(text(late / .milliseconds(1), 0)) ms late")
    }
}

/// Measures beats.
final class WatchedLease: PingLease {
    struct Beat: Sendable {
        var touches: Int
        var took: Duration
    }

    private let store: any PingLease
    private let state = Mutex<[Beat]>([])

    init(_ store: any PingLease) { self.store = store }

    var beats: [Beat] { state.withLock(\.self) }

    func claim(_ claim: PingClaim) async throws(LedgerError) -> ClaimAnswer { try await store.claim(claim) }

    func beat(_ beat: FleetBeat) async throws(LedgerError) -> FleetNews {
        let start = ContinuousClock.now
        let news = try await store.beat(beat)
        state.withLock { $0.append(Beat(touches: beat.touches.count, took: ContinuousClock.now - start)) }
        return news
    }

    func touches(of keys: [String]) async throws(LedgerError) -> [String: LastTouch] {
        try await store.touches(of: keys)
    }

    func replicas() async throws(LedgerError) -> [ReplicaStatus] { try await store.replicas() }
}

/// A warmer with many scopes that nothing is sent for.
struct Host {
    let warmer: CacheWarmer
    private let names: [String]

    private struct Nobody: WarmCall {
        func send(_ request: WarmRequest) async throws -> WarmResponse { throw NotSent("nothing is sent") }
    }

    init(scopes: Int, fleet: Fleet?, gate: (any SpendGate)?, ledger: (any Ledger)?) async throws {
        names = (0..<scopes).map(String.init)
        warmer = CacheWarmer(
            clients: [CacheWarmer.defaultUpstream: Nobody()],
            options: WarmerOptions(
                budget: .perDay(.zero), gate: gate, ledger: ledger, fleet: fleet, logger: .silent))
        let policy = try WarmPolicy("idle:1@5m")
        for name in names { try await warmer.add(WarmScope(name: name, body: Self.body(name), policy: policy)) }
    }

    /// - Returns: by how much the last tick was late.
    func arrive(perSecond: Int, seconds: Int) async throws -> Duration {
        let start = ContinuousClock.now
        var random = SystemRandomNumberGenerator()
        let usage = Usage(input: 3, read: 1500)
        for tick in 1...seconds * 100 {
            for _ in 0..<perSecond / 100 {
                warmer.noteArrival(of: names[Int.random(in: names.indices, using: &random)], usage: usage)
            }
            try await Task.sleep(until: start + .milliseconds(10 * tick), clock: .continuous)
        }
        return ContinuousClock.now - start - .seconds(seconds)
    }

    private static func body(_ name: String) -> [UInt8] {
        let rules = (0..<200).map { "Rule \($0): say what is so." }.joined(separator: " ")
        return Array(
            """
            {"model":"claude-sonnet-5-5","max_tokens":8,"system":[{"type":"text","text":"\(name) \(rules)",\
            "cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hello?"}]}
            """.utf8)
    }
}
