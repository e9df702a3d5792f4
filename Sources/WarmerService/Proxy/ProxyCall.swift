import CacheProxy
import PromptCacheWarmer
import Upstreams
import WarmingPolicies

/// Sends the pings of proxied scopes: with the headers that the scope's last request had, and paid by the credential that
/// it was last seen with.
struct ProxyCall: WarmCall {
    let endpoint: String
    let vault: CredentialVault
    let clock: any WarmClock
    /// For every request; of an emulator's clock.
    let extraHeaders: [WarmHeader]

    /// Names the scope within a ``WarmRequest``; never sent.
    static let scopeHeader = "x-prompt-cache-warmer-scope"

    /// What sends the pings of a proxy's scopes, by its upstreams' endpoints; none where nothing is kept warm.
    static func clients(
        of proxy: ProxyOptions?, vault: CredentialVault, clock: any WarmClock, headers: [WarmHeader]
    ) -> [String: any WarmCall] {
        guard let proxy, proxy.isWarming else { return [:] }
        let calls = proxy.server.routes.upstreams.map { upstream in
            ProxyCall(endpoint: upstream.endpoint, vault: vault, clock: clock, extraHeaders: headers)
        }
        return Dictionary(calls.map { ($0.endpoint, $0) }) { first, _ in first }
    }

    func payer(of headers: [WarmHeader]) -> String? {
        let scope = headers.first { $0.name == Self.scopeHeader }?.value ?? ""
        guard let credential = vault.credential(for: scope, at: clock.now.elapsed) else { return nil }
        return try? AnthropicClient(credential: credential.forCalls, endpoint: endpoint).payer(of: headers)
    }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        var request = request
        let scope = request.headers.first { $0.name == Self.scopeHeader }?.value ?? ""
        request.headers.removeAll { $0.name == Self.scopeHeader }
        guard let credential = vault.credential(for: scope, at: clock.now.elapsed) else {
            throw NotSent("no API key of \(scope) is remembered any more; its next request brings one")
        }
        let client: AnthropicClient
        do {
            client = try AnthropicClient(credential: credential.forCalls, endpoint: endpoint, headers: extraHeaders)
        } catch {
            throw NotSent("\(error)")
        }
        return try await client.send(request)
    }
}
