import WarmingPolicies

/// What the adaptive policy has learned from all scopes of a warmer together. The warmer's own.
final class Experience {
    var shared = SharedStatistics()
    /// What all replicas knew together when this one last looked.
    private var base = SharedStatistics()

    /// What has not been told to the others yet. A value, so that it can be merged elsewhere while learning goes on.
    struct News: Sendable {
        fileprivate let shared: SharedStatistics
        fileprivate let base: SharedStatistics

        /// The gaps that have not ended.
        var gaps: [UInt8] { shared.storedGaps }

        /// What is stored, with the news.
        func merged(with stored: [UInt8]?) -> [UInt8] {
            shared.merged(with: stored.flatMap { SharedStatistics(stored: $0) } ?? SharedStatistics(), since: base)
                .stored
        }
    }

    var news: News { News(shared: shared, base: base) }

    /// Begins with what was stored.
    func restore(_ stored: [UInt8]?, gaps: [UInt8]?) {
        guard let known = stored.flatMap({ SharedStatistics(stored: $0) }) else { return }
        shared = known
        if let gaps { shared.restoreGaps(gaps) }
        base = known
    }

    /// News have been merged into what all replicas know.
    func told(_ news: News, merged: [UInt8]?) {
        guard let merged = merged.flatMap({ SharedStatistics(stored: $0) }) else { return }
        shared = shared.merged(with: merged, since: news.shared)
        base = merged
    }
}
