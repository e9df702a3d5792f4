import Logging
import PromptCache
import WarmingPolicies

/// Histories are read before anything is decided, and written a minute after something has happened and at the end.
extension CacheWarmer {
    private static let sharedName = "shared"
    private var gapsName: String { "gaps of \(options.replica)" }

    /// Reads what is known of scopes that have been added since.
    func recall() async {
        let cells = history.takeUnread()
        guard let store = options.experience, !cells.isEmpty || !hasRecalled else { return }
        do {
            if !hasRecalled {
                let stored = try await store.experience([Self.sharedName, gapsName])
                table.experience.restore(stored[Self.sharedName], gaps: stored[gapsName])
                hasRecalled = true
            }
            let stored = try await store.experience(cells.map(\.entry.historyName))
            let now = clock.now
            for cell in cells where !cell.isGone {
                guard let bytes = stored[cell.entry.historyName] else { continue }
                cell.entry.recall(bytes, now: now)
                reschedule(cell)
            }
        } catch {
            options.logger.warning("what was learned before cannot be read, so learning begins anew: \(error.reason)")
            hasRecalled = true
        }
    }

    /// Notes that a scope's history has gone on.
    func remember(_ cell: EntryCell) {
        if options.experience != nil { history.changed(cell, at: clock.now.elapsed) }
    }

    /// Writes what has happened since it was last written.
    func writeHistories() async {
        guard let cells = history.takeUnwritten(), let store = options.experience else { return }
        let now = clock.now
        let histories = Dictionary(cells.map { ($0.entry.historyName, $0.entry.history(now)) }) { first, _ in first }
        let news = table.experience.news
        let gapsName = gapsName
        do {
            let merged = try await store.merge([Self.sharedName] + histories.keys, at: now.wall) { known in
                var merged: [String: [UInt8]] = [:]
                for (name, history) in histories { merged[name] = history.merged(with: known[name]) }
                merged[Self.sharedName] = news.merged(with: known[Self.sharedName])
                merged[gapsName] = news.gaps
                return merged
            }
            table.experience.told(news, merged: merged[Self.sharedName])
        } catch {
            options.logger.warning("what was learned cannot be written and is tried again: \(error.reason)")
            for cell in cells { remember(cell) }
        }
    }
}
