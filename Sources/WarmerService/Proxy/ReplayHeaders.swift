import NIOHTTP1
import PromptCacheWarmer

/// The headers of a client's request that a ping of it bears as well: all but those of its connection, its body, its
/// credential, and of this one sending.
enum ReplayHeaders {
    private static let left: Set<String> = [
        "host", "content-length", "content-type", "content-encoding", "accept-encoding", "accept", "transfer-encoding",
        "connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "upgrade", "expect",
        "x-api-key", "authorization", "cookie", "idempotency-key", "x-prompt-cache-warmer",
        "x-stainless-retry-count", "x-stainless-read-timeout", "x-stainless-timeout", "x-stainless-helper-method",
        "x-stainless-stream-helper",
    ]

    static func of(_ headers: HTTPHeaders) -> [WarmHeader] {
        let named = Set(headers[canonicalForm: "connection"].map { $0.lowercased() })
        return headers.compactMap { name, value in
            let lowered = name.lowercased()
            return left.contains(lowered) || named.contains(lowered) ? nil : WarmHeader(name, value)
        }
    }

    /// The values that decide over the cache.
    static func betas(_ headers: HTTPHeaders) -> Set<String> {
        Set(headers[canonicalForm: "anthropic-beta"].map(String.init).filter { !$0.isEmpty })
    }
}
