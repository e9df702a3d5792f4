import CachePrices
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// What the proxy keeps warm, within bounds of count and bytes: what is worth least goes first.
struct WarmedScopes: Sendable {
    struct Scope: Sendable {
        var last: Version
        /// The one before, in case the last request fails.
        var before: Version?
        var realm: Int
        var lastArrival: Moment
        /// What a miss would cost more than a hit.
        var atStake: USD
        /// Held until then, whatever the policy says.
        var keepUntil: Moment?

        var name: String { last.scope.name }
        var bytes: Int { last.scope.body.count + (before?.scope.body.count ?? 0) }
    }

    /// A request to be replayed, and the prefixes that it keeps.
    struct Version: Sendable {
        var scope: WarmScope
        var keys: [PrefixKey]
    }

    private(set) var byName: [String: Scope] = [:]
    private var bytes = 0
    private let mostBytes: Int
    private let mostScopes: Int

    init(mostBytes: Int, mostScopes: Int) {
        self.mostBytes = mostBytes
        self.mostScopes = mostScopes
    }

    subscript(name: String) -> Scope? { byName[name] }

    /// - Returns: the names of scopes that had to go for it; its own if it is too large by itself.
    mutating func put(_ scope: Scope, now: Moment) -> [String] {
        let name = scope.name
        remove(name)
        byName[name] = scope
        bytes += scope.bytes
        var gone: [String] = []
        while bytes > mostBytes || byName.count > mostScopes, let least = least(at: now) {
            remove(least)
            gone.append(least)
        }
        return gone
    }

    mutating func change(_ name: String, _ change: (inout Scope) -> Void) {
        guard var scope = byName[name] else { return }
        bytes -= scope.bytes
        change(&scope)
        bytes += scope.bytes
        byName[name] = scope
    }

    mutating func remove(_ name: String) {
        guard let old = byName.removeValue(forKey: name) else { return }
        bytes -= old.bytes
    }

    /// What is at stake counts less the longer nobody has come.
    private func least(at now: Moment) -> String? {
        func worth(_ scope: Scope) -> Double {
            Double(scope.atStake.picodollars) / (60 + (now - scope.lastArrival) / .seconds(1))
        }
        return byName.min { (worth($0.value), $0.key) < (worth($1.value), $1.key) }?.key
    }
}
