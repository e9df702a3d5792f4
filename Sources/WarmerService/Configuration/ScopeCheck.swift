import CachePrices
import PromptCache
import PromptCacheWarmer

/// Checks that every scope can be warmed, by what the warmer itself will say when they are added.
struct ScopeCheck {
    let prices: PriceList
    let profile: CacheProfile
    let upstreams: [String: WarmerConfiguration.Upstream?]

    /// A client that is asked where it sends to, and never sends.
    private struct Nobody: WarmCall {
        let endpoint: String

        func send(_ request: WarmRequest) async throws -> WarmResponse {
            throw NotSent("the configuration is only being checked")
        }
    }

    func check(_ scopes: [ReadScope]) async {
        for scope in scopes {
            let request = scope.prompt.request
            do {
                try request.checkMarkers(CacheRules(for: request.model))
            } catch {
                scope.prompt.tell(error)
                continue
            }
            // A warmer of its own for each, since scopes of one name have been found already.
            let endpoint = (upstreams[scope.scope.upstream] ?? nil)?.endpoint ?? "https://api.anthropic.com"
            let warmer = CacheWarmer(
                clients: [scope.scope.upstream: Nobody(endpoint: endpoint)],
                options: WarmerOptions(prices: prices, profile: profile, logger: .silent))
            do {
                try await warmer.add(scope.scope)
            } catch {
                scope.prompt.tell(error.reason)
            }
        }
    }
}
