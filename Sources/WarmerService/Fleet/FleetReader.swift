import PromptCacheWarmer
import WarmingPolicies

/// Keeps what is shown of the replicas: the store is asked about once a second at most, however many look.
actor FleetReader {
    /// What is known at present.
    struct Reading: Sendable {
        /// Which one this is.
        var here: String
        /// This one first, then those that are there, then those that have gone silent.
        var replicas: [ReplicaStatus]
        /// Why it is not what the store would say now.
        var fault: String?
    }

    private let fleet: Fleet
    private var replicas: [ReplicaStatus] = []
    private var readAt = ContinuousClock.now
    private var fault: String?
    private var askedAt: ContinuousClock.Instant?
    private var asking: Task<Void, Never>?

    private static let pause = Duration.seconds(1)

    /// - Returns: nil where there is no fleet.
    init?(_ fleet: Fleet?) {
        guard let fleet else { return nil }
        self.fleet = fleet
    }

    func read() async -> Reading {
        if askedAt.map({ .now > $0 + Self.pause }) ?? true {
            let task = asking ?? Task { await ask() }
            asking = task
            await task.value
            asking = nil
        }
        var replicas = replicas
        // What was read long ago has aged.
        if fault != nil { for place in replicas.indices { replicas[place].age += .now - readAt } }
        func rank(_ replica: ReplicaStatus) -> Int { replica.name == fleet.name ? 0 : replica.isSilent ? 2 : 1 }
        replicas.sort { (rank($0), $0.name) < (rank($1), $1.name) }
        return Reading(here: fleet.name, replicas: replicas, fault: fault)
    }

    private func ask() async {
        do {
            replicas = try await fleet.replicas()
            (readAt, fault) = (.now, nil)
        } catch {
            fault = error.reason
        }
        askedAt = .now
    }
}
