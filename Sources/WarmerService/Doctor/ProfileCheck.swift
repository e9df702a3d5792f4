import Foundation
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// Whether what was measured of caches is of these upstreams and models, and not too long ago.
struct ProfileCheck {
    let profile: CacheProfile
    let configuration: WarmerConfiguration
    let now: Date

    /// Providers change their caches without saying so.
    private static let oldestDays = 90

    func findings() -> [Finding] {
        guard !profile.caches.isEmpty else {
            return [
                Finding("profile", .good, "none: caches are taken to be as documented; `warmer probe` measures them")
            ]
        }
        return wanted.map { endpoint, model in
            guard let cache = profile.cache(of: model, at: endpoint) else {
                return Finding(
                    "profile", .warning,
                    "has nothing of \(model) at \(endpoint), which is taken to be as documented; `warmer probe` measures it"
                )
            }
            return age(of: cache)
        }
    }

    /// What the scopes need; of upstreams without a scope, all that was measured there.
    private var wanted: [(endpoint: String, model: ModelID)] {
        var wanted: [(String, ModelID)] = []
        for (name, upstream) in configuration.upstreams.sorted(by: { $0.key < $1.key }) {
            let scopes = configuration.scopes.filter { $0.upstream == name }
            var models = Set(scopes.compactMap { try? MessagesRequest($0.body).model })
            if scopes.isEmpty {
                models = Set(profile.caches.lazy.filter { $0.endpoint == upstream.endpoint }.map(\.model))
            }
            wanted += models.sorted { $0.name < $1.name }.map { (upstream.endpoint, $0) }
        }
        return wanted
    }

    private func age(of cache: MeasuredCache) -> Finding {
        let what = "\(cache.model) at \(cache.endpoint)"
        guard let text = cache.measuredAt, let date = try? Date(text, strategy: .iso8601) else {
            return Finding("profile", .warning, "does not say when \(what) was measured; `warmer probe` does it again")
        }
        let days = Int(now.timeIntervalSince(date) / 86_400)
        return days <= Self.oldestDays
            ? Finding("profile", .good, "\(what) was measured \(days < 1 ? "today" : "\(days) days ago")")
            : Finding(
                "profile", .warning,
                "\(what) was measured \(days) days ago; `warmer probe` tells whether that still holds")
    }
}
