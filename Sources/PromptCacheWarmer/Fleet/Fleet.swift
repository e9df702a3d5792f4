import Logging
import Metrics
import PromptCache
import Synchronization
import WarmingPolicies

/// What a replica has to do.
struct FleetLoad: Sendable {
    /// How many scopes it has.
    var scopes: Int
    /// How many of them are warm, and were pinged from here last.
    var holds: Int
}

/// A place in a fleet: several processes that warm as one, with one budget and one ping for each prefix.
///
/// ```swift
/// let store = try await PostgresWarmStore.open("postgres://…", budget: budget)
/// let warmer = CacheWarmer(clients: clients, options: WarmerOptions(gate: store, ledger: store, fleet: Fleet(store)))
/// ```
/// A prefix is pinged by one of those that have its body and somebody who pays. What touches it anywhere is told to the
/// store at most once a second, whatever the traffic, and heard of by whoever wants to ping it next. While the store cannot
/// be reached nothing is sent.
public final class Fleet: Sendable {
    /// What the replica is called.
    public let name: String
    private let store: any PingLease
    /// Stands for who pays, where that is not told by the credential.
    private let workspace: String?
    private let state = Mutex(State())

    private struct State {
        var batch = FleetBatch()
        var offReason: String?
        var isLeaving = false
        /// Beats in a row that the store did not take in.
        var failures = 0
        var loop: Task<Void, Never>?
    }

    /// What the warmer lends it.
    struct Host: Sendable {
        var clock: any WarmClock
        var logger: Logger
        var metrics: any MetricsFactory
        var load: @Sendable () async -> FleetLoad
        /// The prefixes that are not to be pinged here as things stand.
        var resting: @Sendable () async -> [String]
        /// Told when those were touched last, as of a moment.
        var heard: @Sendable (_ touches: [String: LastTouch], ClockReading) async -> Void
        /// Told when warming was turned off for all, or on again.
        var setWarming: @Sendable (_ offReason: String?) -> Void
    }

    private let nap = Nap()

    /// The least between two beats: what is known elsewhere is up to that old.
    static let pause = Duration.seconds(1)
    /// The most, with nothing to tell.
    static let quiet = Duration.seconds(10)
    /// How often it asks for what it rests from: often enough to take over from a replica that has died within the lifetime
    /// of what it held.
    static let lookPause = Duration.seconds(60)

    /// - Parameters:
    ///   - store: what all replicas share.
    ///   - name: what the replica is called; must be another one's nowhere. One at random unless told otherwise.
    ///   - workspace: what replicas whose credentials differ, but are of one workspace, all call that. Otherwise they share
    ///     what they pay for with the same credential.
    public init(_ store: any PingLease, name: String? = nil, workspace: String? = nil) {
        self.store = store
        self.name = name ?? "replica-" + String(UInt64.random(in: .min ... .max), radix: 36)
        self.workspace = workspace
    }

    /// The replicas that were heard of lately, by name.
    ///
    /// - Throws: ``LedgerError`` if the store cannot be asked.
    public func replicas() async throws(LedgerError) -> [ReplicaStatus] { try await store.replicas() }

    /// Turns warming off in the whole fleet, or on again. Nobody reserves money once the store knows.
    public func setWarming(offReason: String?) {
        state.withLock { $0.batch.warming = offReason.map { .off($0) } ?? .on }
        nap.end()
    }
}

// MARK: - Beats

extension Fleet {
    /// Begins to tell and to hear.
    func join(_ host: Host) {
        state.withLock { state in
            guard state.loop == nil else { return }
            host.clock.hold()
            state.loop = Task { [self] in
                await run(host)
                host.clock.release()
            }
        }
    }

    /// Tells what is left, and that the replica goes.
    func leave() async {
        let loop = state.withLock { state in
            state.isLeaving = true
            return state.loop
        }
        nap.end()
        await loop?.value
    }

    private func run(_ host: Host) async {
        var last = host.clock.now.elapsed
        var (lastCount, lastLook) = (last, last)
        await beat(host, load: await host.load())
        while !state.withLock(\.isLeaving) {
            let wait = state.withLock { state in
                if state.failures > 0 { return min(Self.quiet, Self.pause * (1 << min(state.failures - 1, 4))) }
                return state.batch.isEmpty ? Self.quiet : state.batch.warming == nil ? Self.pause : .zero
            }
            // Whoever has something to tell ends a quiet nap, and waits for the rest of the pause.
            if await nap.sleep(until: last + wait, on: host.clock) { continue }
            last = host.clock.now.elapsed
            let counts = last >= lastCount + Self.quiet
            if counts { lastCount = last }
            await beat(host, load: counts ? await host.load() : nil)
            if last >= lastLook + Self.lookPause {
                lastLook = last
                await look(host)
            }
        }
        await beat(host, isLast: true)
    }

    /// What cannot be asked now is asked in a minute.
    private func look(_ host: Host) async {
        let keys = await host.resting()
        let now = host.clock.now
        guard !keys.isEmpty, let touches = try? await store.touches(of: keys) else { return }
        await host.heard(touches, now)
    }

    /// - Parameter load: what it has counted anew.
    private func beat(_ host: Host, load: FleetLoad? = nil, isLast: Bool = false) async {
        let now = host.clock.now
        let beat = state.withLock { $0.batch.take(name, load: load, now: now, isLast: isLast) }
        do {
            let news = try await store.beat(beat)
            let (wasAway, isOther) = state.withLock { state in
                state.batch.heard(news, of: beat, taken: now)
                defer { (state.failures, state.offReason) = (0, news.offReason) }
                return (state.failures > 0, state.offReason != news.offReason)
            }
            if isOther { host.setWarming(news.offReason) }
            if wasAway { host.logger.notice("the fleet is there again") }
            if news.late > 0 { host.count("late_pings_total", by: news.late) }
            if !news.lost.isEmpty { host.count("lost_leases_total", by: news.lost.count) }
        } catch {
            let isNew = state.withLock { state in
                state.batch.putBack(beat, taken: now)
                state.failures += 1
                return state.failures == 1
            }
            host.count("failed_beats_total", by: 1)
            if isNew { host.logger.error("the fleet cannot be told, and nothing is pinged: \(error.reason)") }
        }
    }
}

extension Fleet.Host {
    fileprivate func count(_ name: String, by amount: Int) {
        Counter(label: "prompt_cache_warmer_fleet_\(name)", dimensions: [], factory: metrics).increment(by: amount)
    }
}

// MARK: - Prefixes

extension Fleet {
    /// Whether a prefix is to be pinged from here.
    enum Permission: Sendable {
        case granted(Lease)
        /// Others have touched it since.
        case touched(LastTouch)
        case held(for: Duration)
        /// Nobody can tell.
        case unknown(String)
    }

    /// What a prefix is called in the fleet; nil while nobody would pay for its pings here.
    func key(_ plan: PrefixPlan, _ call: any WarmCall) -> String? { key(plan.key, paidAs: plan, call) }

    /// - Parameter plan: whose pings the same one pays for.
    func key(_ prefix: PrefixKey, paidAs plan: PrefixPlan, _ call: any WarmCall) -> String? {
        (workspace ?? call.payer(of: plan.headers)).map { "\($0):\(prefix.hex.prefix(32))" }
    }

    /// A request of the user's has touched a prefix.
    func touched(_ key: String, at start: Moment, now: Moment) { change { $0.touched(key, at: start, now: now) } }

    /// A longer request has gone on from a turn of its conversation.
    func continued(_ key: String, at start: Moment, now: Moment) { change { $0.continued(key, at: start, now: now) } }

    /// - Parameter lastTouch: of those that the replica knows of, on its elapsed axis.
    func claim(_ key: String, of entry: WarmEntry, lastTouch: Moment?, now: Moment) async -> Permission {
        let claim = PingClaim(
            key: key, replica: name, lifetime: entry.lifetime.duration,
            age: lastTouch.map { max(.zero, now - $0) },
            turn: entry.plan.isTurn ? entry.schedule.lastArrival.map { max(.zero, now - $0) } : nil)
        do {
            switch try await store.claim(claim) {
            case .granted(let lease):
                change { $0.granted(lease, asked: now) }
                return .granted(lease)
            case .touched(let touch): return .touched(touch)
            case .held(let time): return .held(for: time)
            }
        } catch {
            return .unknown(error.reason)
        }
    }

    /// Whether a ping that was claimed may be sent now: it may have taken long to get there.
    func mayStillPing(_ lease: Lease, at now: ClockReading) async -> Bool {
        if state.withLock({ $0.batch.isHeld(lease, at: now.elapsed) }) { return true }
        do {
            let news = try await store.beat(FleetBeat(replica: name, wall: now.wall, renewals: [lease]))
            guard news.lost.isEmpty else { return false }
            change { $0.granted(lease, asked: now.elapsed) }
            return true
        } catch {
            return false
        }
    }

    /// - Parameter touch: when the call that counts began and what it found; nil if nothing was touched.
    func finished(_ lease: Lease, touch: FleetBatch.Touch?) { change { $0.finished(lease, touch: touch) } }

    /// A request of ours that nobody was asked about has touched a prefix.
    func pinged(_ key: String, _ touch: FleetBatch.Touch) { change { $0.pinged(key, touch) } }

    private func change(_ body: (inout FleetBatch) -> Void) {
        let isFirst = state.withLock { state in
            defer { body(&state.batch) }
            return state.batch.isEmpty
        }
        if isFirst { nap.end() }
    }
}
