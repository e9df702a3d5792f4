import CachePrices
import CacheProxy
import NIOHTTP1
import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// A request of a client's, read: what there is to know about it before its response.
struct Arrival: Sendable {
    var exchange: UInt64
    var at: Moment
    var endpoint: String
    var remembered: RememberedTrail
    var looks: BodyLooks
    /// As they came.
    var headers: HTTPHeaders
    var credential: ClientCredential?
    /// Stands for the credential.
    var digest: String
    var realm: Int
    /// Who holds one conversation at a time, where the request says so.
    var client: String?
    var recognition: Conversations.Recognition?
    var expectation: ExpectedEntries.Expectation
    var hint: WarmHint?
    var note: ResponseNote
    var model: ModelFacts
    /// Behind the names of conversations.
    var run: String

    var request: MessagesRequest { remembered.request }
    var trail: PrefixTrail { remembered.trail }
    var lifetime: Lifetime? { trail.last?.breakpoint.lifetime }
    /// What a ping of it bears.
    var replayHeaders: [WarmHeader] { ReplayHeaders.of(headers) }

    /// For logs.
    var name: String { recognition.map { name(of: $0.id) } ?? "unmarked" }

    func name(of conversation: Conversations.ID) -> String { "c\(conversation.number)\(run)" }

    /// Its longest prefix in tools or system, which other conversations may share.
    var base: Prefix? { trail.prefixes.last { !$0.breakpoint.path.hasPrefix("messages") } }

    /// The turns that it goes on from, as far as the provider's search goes.
    ///
    /// - Parameter known: the one that was kept here; what lies before that has been told.
    func earlierTurns(after known: WarmedScopes.Version?) -> [PrefixKey] {
        request.earlierTurns(trail, after: Set(known?.keys ?? []))
    }

    /// The prefixes that it goes through: its own, and the one of an earlier turn that it was to find.
    func covered(_ usage: Usage) -> [CoveredPrefix] {
        let own = trail.prefixes.map(CoveredPrefix.init(_:))
        guard let key = expectation.key, let found = expectation.alive, let last = trail.last,
            !trail.prefixes.contains(where: { $0.key == key })
        else { return own }
        // On the scale of the others, which are estimated.
        let whole = last.size.estimatedTokens
        let tokens = found.tokens.map { usage.cached > 0 ? whole * $0 / usage.cached : whole } ?? whole
        return [CoveredPrefix(key, tokens: min(tokens, whole), lifetime: found.lifetime)] + own
    }

    /// The line for its response.
    var noteText: String {
        guard trail.last != nil else { return "uncached; cause=not-marked" }
        if let alive = expectation.alive {
            let left = Int(alive.lifeLeft(at: at) / .seconds(1))
            return "\(expectation.expired == nil ? "hit" : "partial"); expires-in=\(left)"
        }
        return "cold; cause=\(expectation.expired == nil ? "first-sight" : "expired")"
    }

    /// Coding agents name their session within the user's id.
    static func client(of request: MessagesRequest) -> String? {
        guard let user = request["metadata"]?["user_id"]?.string, user.contains("session") else { return nil }
        return user
    }
}
