import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What is known of a prefix.
struct Warmth {
    var lifeLeft: Duration
    var tokens: Int?

    /// What a ledger knows of a prefix from its rows of the last hour, which is as long as any entry lives.
    ///
    /// - Returns: nil if it does not know the prefix. What lies in the future was written by another clock, and says nothing.
    static func look(in ledger: any Ledger, for key: PrefixKey, at now: Moment) async throws(LedgerError) -> Warmth? {
        let short = String(key.hex.prefix(16))
        let rows = try await ledger.rows(from: now - Lifetime.oneHour.duration, to: now + .nanoseconds(1))
        return rows.compactMap { row -> Warmth? in
            guard let usage = row.usage, usage.cached > 0, let prefix = row.prefixes.first(where: { $0.key == short })
            else { return nil }
            let isLongest = row.prefixes.allSatisfy { $0.tokens <= prefix.tokens }
            return Warmth(
                lifeLeft: max(.zero, row.lifetime.duration - (now - row.at)),
                tokens: isLongest ? usage.cached : prefix.tokens)
        }.max { $0.lifeLeft < $1.lifeLeft }
    }

    /// What a running daemon knows of a prefix.
    ///
    /// - Returns: nil if it does not know the prefix.
    static func ask(_ url: String, about key: PrefixKey) async throws -> Warmth? {
        let root = try await JSONOverHTTP.get("\(url)/v1/warmth/\(key.hex)", what: "--control \(url)")
        guard let seconds = root["life_left_seconds"]?.integer else { return nil }
        return Warmth(lifeLeft: .seconds(seconds), tokens: root["prefix_tokens"]?.integer)
    }
}
