import Foundation
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// Bodies for the tests, long enough to be cached.
enum Prompts {
    /// About 5,000 bytes of text that differs by seed.
    static func text(_ seed: String = "a") -> String {
        (0..<200).map { "\(seed) rule \($0) says so." }.joined(separator: "\n")
    }

    /// A system prompt with one breakpoint and a user's question behind it.
    static func body(
        _ seed: String = "a", model: String = "claude-sonnet-5-5", ttl: String = "5m", extra: String = ""
    ) -> [UInt8] {
        let text = String(decoding: try! JSONEncoder().encode(text(seed)), as: UTF8.self)
        return Array(
            """
            {"model":"\(model)","max_tokens":1000,\(extra)"system":[{"type":"text","text":\(text),\
            "cache_control":{"type":"ephemeral","ttl":"\(ttl)"}}],"messages":[{"role":"user","content":"Hello?"}]}
            """.utf8)
    }

    static func scope(_ name: String = "support", body: [UInt8]? = nil, policy: String = "every:285s@5m") throws
        -> WarmScope
    {
        WarmScope(name: name, body: body ?? self.body(name), policy: try WarmPolicy(policy))
    }
}

extension Moment {
    /// Seconds after a Monday at midnight, UTC.
    static func at(_ seconds: Double) -> Moment { Moment(secondsSince1970: 1_767_571_200 + seconds) }
}
