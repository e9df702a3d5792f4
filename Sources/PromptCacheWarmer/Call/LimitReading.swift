import Foundation
public import WarmingPolicies

/// What a response's headers say about rate limits: the one that is nearest to its end.
public struct LimitReading: Hashable, Sendable {
    /// What is left of it, from 0 to 1.
    public var share: Double
    /// The time of day at which it will be full again if nothing is sent.
    public var resetAt: Moment

    public init(share: Double, resetAt: Moment) {
        self.share = min(max(share, 0), 1)
        self.resetAt = resetAt
    }

    /// Reads `anthropic-ratelimit-…-limit`, `-remaining` and `-reset` of requests and tokens.
    ///
    /// - Parameter header: the value of a header by its lower-case name.
    /// - Returns: nil without a complete set of the three.
    public init?(header: (String) -> String?) {
        var tightest: LimitReading?
        for kind in ["requests", "tokens", "input-tokens", "output-tokens"] {
            func value(_ part: String) -> String? { header("anthropic-ratelimit-\(kind)-\(part)") }
            guard let limit = value("limit").flatMap({ Double($0) }), limit > 0,
                let left = value("remaining").flatMap({ Double($0) }), left.isFinite,
                let reset = value("reset").flatMap({ try? Date($0, strategy: .iso8601) })
            else { continue }
            let reading = LimitReading(
                share: left / limit, resetAt: Moment(secondsSince1970: reset.timeIntervalSince1970))
            if reading.share < tightest?.share ?? 2 { tightest = reading }
        }
        guard let tightest else { return nil }
        self = tightest
    }
}
