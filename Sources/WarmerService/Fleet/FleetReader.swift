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
    private var last: (replicas: [ReplicaStatus], at: ContinuousClock.Instant, fault: String?) = ([], .now, nil)
    private var isFresh = false

    private static let shortestPause = Duration.seconds(1)

    /// - Returns: nil where there is no fleet.
    init?(_ fleet: Fleet?) {
        guard let fleet else { return nil }
        self.fleet = fleet
    }

    func read() async -> Reading {
        if !isFresh || .now > last.at + Self.shortestPause {
            isFresh = true
            do {
                last = (try await fleet.replicas(), .now, nil)
            } catch {
                last.fault = error.reason
                isFresh = false
            }
        }
        let since = ContinuousClock.now - last.at
        var replicas = last.replicas
        // What was read long ago has aged.
        if last.fault != nil { for place in replicas.indices { replicas[place].age += since } }
        func rank(_ replica: ReplicaStatus) -> Int { replica.name == fleet.name ? 0 : replica.isSilent ? 2 : 1 }
        replicas.sort { (rank($0), $0.name) < (rank($1), $1.name) }
        return Reading(here: fleet.name, replicas: replicas, fault: last.fault)
    }
}
