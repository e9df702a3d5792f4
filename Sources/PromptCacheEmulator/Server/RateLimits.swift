import Foundation
import SteppedTime

/// What a workspace may send to one model in a minute; nil for without limit, and then without headers.
public struct EmulatedLimits: Hashable, Sendable {
    public var requests: Int?
    /// Input tokens that are not read from the cache.
    public var inputTokens: Int?
    public var outputTokens: Int?

    public init(requests: Int? = nil, inputTokens: Int? = nil, outputTokens: Int? = nil) {
        self.requests = requests
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}

/// Counts requests and tokens against limits: buckets that fill up evenly over a minute.
struct RateLimits {
    private struct Bucket {
        var left: Double
        var at: Duration

        mutating func fill(to limit: Int, at now: Duration) {
            left = min(Double(limit), left + Double(limit) / 60 * ((now - at) / .seconds(1)))
            at = now
        }
    }

    private struct Account {
        var buckets: [String: Bucket] = [:]
    }

    private var accounts: [CacheTable.Owner: Account] = [:]

    /// The buckets in the order of their headers.
    private static func limits(_ limits: EmulatedLimits) -> [(name: String, limit: Int)] {
        [
            ("requests", limits.requests), ("input-tokens", limits.inputTokens), ("output-tokens", limits.outputTokens),
        ].compactMap { name, limit in limit.map { (name, $0) } }
    }

    /// Lets a request in, or says how long it must wait: none gets in while a bucket is empty.
    mutating func admit(_ owner: CacheTable.Owner, _ limits: EmulatedLimits, now: Duration) throws(APIError) {
        for (name, limit) in Self.limits(limits) {
            let left = fill(owner, name, limit, now).left
            guard left < 1 else { continue }
            var error = APIError.status(429, retryAfter: ((1 - left) * 60 / Double(limit)).rounded(.up))
            error.message = "This request would exceed your rate limit of \(limit) \(name) per minute"
            throw error
        }
        spend(1, "requests", owner)
    }

    /// Books what a request has used. Tokens read from the cache count on the oldest model alone.
    mutating func book(_ usage: EmulatedUsage, _ owner: CacheTable.Owner) {
        let reads = owner.model.contains("3-5-haiku") || owner.model.contains("haiku-3-5") ? usage.read : 0
        spend(usage.input + usage.write5m + usage.write1h + reads, "input-tokens", owner)
        spend(usage.output, "output-tokens", owner)
    }

    /// The headers of a response; the unnamed tokens are input and output together.
    mutating func headers(_ owner: CacheTable.Owner, _ limits: EmulatedLimits, now: Duration) -> [(String, String)] {
        var headers: [(String, String)] = []
        var tokens: (limit: Int, left: Int, reset: Double)?
        for (name, limit) in Self.limits(limits) {
            let left = fill(owner, name, limit, now).left
            let reset = (Double(limit) - left) * 60 / Double(limit)
            headers += Self.headers(name, limit, max(0, Int(left)), reset, now)
            guard name != "requests" else { continue }
            tokens = (
                (tokens?.limit ?? 0) + limit, (tokens?.left ?? 0) + max(0, Int(left)), max(tokens?.reset ?? 0, reset)
            )
        }
        if let tokens { headers += Self.headers("tokens", tokens.limit, tokens.left, tokens.reset, now) }
        return headers
    }

    private static func headers(
        _ name: String, _ limit: Int, _ left: Int, _ reset: Double, _ now: Duration
    ) -> [(String, String)] {
        let at = Date(timeIntervalSince1970: Double(SteppedTime.wallOfStart) + now / .seconds(1) + reset)
        return [
            ("anthropic-ratelimit-\(name)-limit", String(limit)),
            ("anthropic-ratelimit-\(name)-remaining", String(left)),
            ("anthropic-ratelimit-\(name)-reset", at.formatted(.iso8601)),
        ]
    }

    private mutating func fill(_ owner: CacheTable.Owner, _ name: String, _ limit: Int, _ now: Duration) -> Bucket {
        var bucket = accounts[owner]?.buckets[name] ?? Bucket(left: Double(limit), at: now)
        bucket.fill(to: limit, at: now)
        accounts[owner, default: Account()].buckets[name] = bucket
        return bucket
    }

    private mutating func spend(_ amount: Int, _ name: String, _ owner: CacheTable.Owner) {
        accounts[owner]?.buckets[name]?.left -= Double(amount)
    }
}
