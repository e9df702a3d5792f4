import Synchronization
public import WarmingPolicies

/// What several warmers of one process agree by; and for tests.
public final class InMemoryPingLease: PingLease {
    private struct Replica {
        var heardAt: Moment
        var status: ReplicaStatus
    }
    private struct State {
        var prefixes: [String: Standing] = [:]
        var replicas: [String: Replica] = [:]
        var offReason: String?
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Moment

    /// - Parameter now: the store's clock.
    public init(now: @escaping @Sendable () -> Moment) { self.now = now }

    public func claim(_ claim: PingClaim) async throws(LedgerError) -> ClaimAnswer {
        let now = now()
        return state.withLock { $0.prefixes[claim.key, default: Standing()].claim(claim, now: now) }
    }

    public func beat(_ beat: FleetBeat) async throws(LedgerError) -> FleetNews {
        let now = now()
        return state.withLock { state in
            for touch in beat.touches {
                state.prefixes[touch.key, default: Standing()].arrived(age: touch.age, now: now)
            }
            for turn in beat.continued {
                state.prefixes[turn.key, default: Standing()].continued(age: turn.age, now: now)
            }
            let late = beat.pings.count { !state.prefixes[$0.key, default: Standing()].finish($0, now: now) }
            let lost = beat.renewals.filter { !state.prefixes[$0.key, default: Standing()].renew($0, now: now) }
            if let warming = beat.warming {
                state.offReason = if case .off(let reason) = warming { reason } else { nil }
            }
            let known = state.replicas[beat.replica]?.status
            state.replicas[beat.replica] =
                beat.isLast
                ? nil
                : Replica(
                    heardAt: now,
                    status: ReplicaStatus(
                        name: beat.replica, age: .zero, skew: beat.wall - now, lag: beat.lag,
                        scopes: beat.scopes ?? known?.scopes ?? 0, holds: beat.holds ?? known?.holds ?? 0,
                        pings: (known?.pings ?? 0) + beat.pings.count, late: (known?.late ?? 0) + late))
            return FleetNews(offReason: state.offReason, lost: lost, late: late)
        }
    }

    public func touches(of keys: [String]) async throws(LedgerError) -> [String: LastTouch] {
        let now = now()
        return state.withLock { state in
            keys.reduce(into: [:]) { touches, key in touches[key] = state.prefixes[key]?.lastTouch(now: now) }
        }
    }

    public func replicas() async throws(LedgerError) -> [ReplicaStatus] {
        let now = now()
        return state.withLock { state in
            state.replicas.values.map { replica in
                var status = replica.status
                status.age = now - replica.heardAt
                return status
            }.sorted { $0.name < $1.name }
        }
    }
}
