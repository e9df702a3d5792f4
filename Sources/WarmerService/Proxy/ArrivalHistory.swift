import DequeModule
import Synchronization
import WarmingPolicies

/// What became of recent requests through the proxy. Bounded however many there are.
final class ArrivalHistory: Sendable {
    struct Entry: Sendable {
        /// By the time of day.
        var at: Moment
        var scope: String
        var model: String
        var finding: ArrivalFinding
    }

    private static let capacity = 10_000
    private let recent = Mutex<Deque<Entry>>([])

    func record(_ entry: Entry) {
        recent.withLock { recent in
            recent.append(entry)
            if recent.count > Self.capacity { recent.removeFirst() }
        }
    }

    /// The last requests, the newest first.
    ///
    /// - Parameters:
    ///   - scope: of which conversation; nil for all.
    ///   - missesOnly: whether to leave out what hit, and what nobody had written before.
    func entries(of scope: String?, missesOnly: Bool, limit: Int) -> [Entry] {
        recent.withLock { recent in
            Array(
                recent.reversed().lazy
                    .filter { (scope == nil || $0.scope == scope) && (!missesOnly || $0.finding.isColdStart) }
                    .prefix(limit))
        }
    }
}
