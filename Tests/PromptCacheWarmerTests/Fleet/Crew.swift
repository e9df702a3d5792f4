import CachePrices
import Logging
import PromptCache
import PromptCacheWarmer
import SteppedTime
import Synchronization
import WarmerTesting
import WarmingPolicies

/// Several warmers that agree by one store, with one scripted provider, on one stepped time.
final class Crew: Sendable {
    let clock = SteppedClock()
    let call: ScriptedCall
    let links: [Link]
    let warmers: [CacheWarmer]
    let fleets: [Fleet]
    private let heard: Heard

    private final class Heard: Sendable {
        let ticks = Mutex<[[Tick]]>([])
    }

    /// A replica's way to the store, which can be cut.
    final class Link: PingLease {
        private let store: any PingLease
        private let state = Mutex((isCut: false, beats: 0, granted: 0))

        init(_ store: any PingLease) { self.store = store }

        var beats: Int { state.withLock(\.beats) }
        var granted: Int { state.withLock(\.granted) }
        func cut(_ isCut: Bool) { state.withLock { $0.isCut = isCut } }

        private func check() throws(LedgerError) {
            if state.withLock(\.isCut) { throw LedgerError(.busy, "cut off") }
        }

        func claim(_ claim: PingClaim) async throws(LedgerError) -> ClaimAnswer {
            try check()
            let answer = try await store.claim(claim)
            if case .granted = answer { state.withLock { $0.granted += 1 } }
            return answer
        }

        func beat(_ beat: FleetBeat) async throws(LedgerError) -> FleetNews {
            try check()
            state.withLock { $0.beats += 1 }
            return try await store.beat(beat)
        }

        func touches(of keys: [String]) async throws(LedgerError) -> [String: LastTouch] {
            try check()
            return try await store.touches(of: keys)
        }

        func replicas() async throws(LedgerError) -> [ReplicaStatus] { try await store.replicas() }
    }

    /// A clock whose wall is ahead of the others'.
    private struct SkewedClock: WarmClock {
        let clock: SteppedClock
        let skew: Duration

        var now: ClockReading { ClockReading(elapsed: clock.now.elapsed + skew * 7, wall: clock.now.wall + skew) }
        func sleep(until deadline: Moment) async throws { try await clock.sleep(until: deadline - skew * 7) }
        func hold() { clock.hold() }
        func release() { clock.release() }
    }

    /// - Parameter gate: asked for money by a replica, by its number; nil for plenty.
    init(
        _ count: Int, latency: Duration = .milliseconds(900), skew: Duration = .zero,
        gate: ((Int, SteppedClock) -> (any SpendGate)?)? = nil
    ) {
        let clock = clock
        let call = ScriptedCall(clock: clock, latency: latency)
        let store = InMemoryPingLease { clock.now.wall }
        let links = (0..<count).map { _ in Link(store) }
        let fleets = links.enumerated().map { Fleet($1, name: "r\($0)") }
        let heard = Heard()
        heard.ticks.withLock { $0 = Array(repeating: [], count: count) }
        self.call = call
        self.links = links
        self.fleets = fleets
        self.heard = heard
        warmers = fleets.enumerated().map { number, fleet in
            CacheWarmer(
                clients: ["default": call],
                options: WarmerOptions(
                    budget: .perDay(.usd("100")), gate: gate?(number, clock), fleet: fleet,
                    clock: SkewedClock(clock: clock, skew: skew * (number - 1)),
                    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), random: { 0 },
                    onTick: { tick in heard.ticks.withLock { $0[number].append(tick) } }))
        }
    }

    /// By replica.
    var ticks: [[Tick]] { heard.ticks.withLock(\.self) }

    /// Starts all of them with the same scope.
    func start(_ scope: WarmScope) async throws {
        for warmer in warmers {
            try await warmer.add(scope)
            await warmer.start()
        }
        await clock.settle()
    }

    /// A request of the user's reaches a replica.
    func arrive(at replica: Int, scope: String = "support") {
        call.touch(at: clock.now.elapsed)
        warmers[replica].noteArrival(of: scope)
    }

    func advance(_ seconds: Int) async { await clock.time.advance(by: .seconds(seconds)) }
}
