import CacheProxy
import NIOHTTP1
import PromptCache
import PromptCacheWarmer
import Upstreams

/// A call of the daemon's own of which the proxy is told: what it has written is there for the proxy's clients too.
struct SeenCall: WarmCall {
    let call: any WarmCall
    let credential: AnthropicClient.Credential
    let watcher: TrafficWatcher
    let clock: any WarmClock

    var endpoint: String { call.endpoint }

    func payer(of headers: [WarmHeader]) -> String? { call.payer(of: headers) }

    func send(_ request: WarmRequest) async throws -> WarmResponse {
        let start = clock.now.elapsed
        let response = try await call.send(request)
        guard response.status == 200, let usage = response.usage, usage.cached > 0 else { return response }
        let headers = [credential.requestHeader] + request.headers
        watcher.saw(
            CallSighting(
                at: start, endpoint: endpoint, headers: HTTPHeaders(headers.map { ($0.name, $0.value) }),
                body: request.body, usage: usage, workspace: response.workspace))
        return response
    }
}
