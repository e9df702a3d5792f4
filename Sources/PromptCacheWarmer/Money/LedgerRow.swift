public import CachePrices
public import PromptCache
public import WarmingPolicies

/// One line of the ledger: an arrival, or a ping with what became of it. It holds no prompt and no key of any account.
public struct LedgerRow: Sendable, Hashable {
    /// A request of the user's, or one of ours.
    public enum Kind: String, Sendable, Hashable, CaseIterable { case arrival, ping }

    /// What became of a ping; an arrival is always `answered`.
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case answered, failed
        /// It was not sent: no budget or no price.
        case refused
    }

    public var kind: Kind
    public var outcome: Outcome
    /// When the request started, by the wall clock.
    public var at: Moment
    /// The scope's name.
    public var scope: String
    public var upstream: String
    public var model: ModelID
    /// The prefixes that the request goes through, one for each breakpoint, the last one last. Of a conversation that has
    /// grown, where the request before ended too: that is what it reads.
    public var prefixes: [CoveredPrefix]
    /// How long the provider keeps the last prefix.
    public var lifetime: Lifetime
    /// Whether it asks for an hour because warming chose so, and would ask for five minutes otherwise.
    public var choseHour: Bool
    /// Nil where the response bore none, or nobody saw it.
    public var usage: Usage?
    /// What it cost; nil without a usage or a price.
    public var cost: USD?
    public var cause: MissCause?
    /// From the start to the first byte of the answer.
    public var timeToFirstToken: Duration?
    /// Why a ping was sent or not; empty for arrivals.
    public var reason: String
    /// What the policy expected to gain when it decided, if it says so.
    public var expectedValue: USD?

    public init(
        _ kind: Kind, outcome: Outcome = .answered, at: Moment, scope: String, upstream: String, model: ModelID,
        prefixes: [CoveredPrefix] = [], lifetime: Lifetime, choseHour: Bool = false,
        usage: Usage? = nil, cost: USD? = nil, cause: MissCause? = nil, timeToFirstToken: Duration? = nil,
        reason: String = "", expectedValue: USD? = nil
    ) {
        self.kind = kind
        self.outcome = outcome
        self.at = at
        self.scope = scope
        self.upstream = upstream
        self.model = model
        self.prefixes = prefixes
        self.lifetime = lifetime
        self.choseHour = choseHour
        self.usage = usage
        self.cost = cost
        self.cause = cause
        self.timeToFirstToken = timeToFirstToken
        self.reason = reason
        self.expectedValue = expectedValue
    }

    /// The row as a store takes it in, whose own time it cannot be ahead of: a wrong clock must not age what is kept.
    public func noLater(than now: Moment) -> LedgerRow {
        var row = self
        row.at = min(at, now)
        return row
    }

    /// What the usage proves; nil without one.
    public var verdict: Verdict? { usage?.verdict }
}

/// A prefix that a request goes through: its key, how long it is, and how long the provider keeps it.
public struct CoveredPrefix: Sendable, Hashable {
    /// The first 16 hexadecimal digits of its ``PromptCache/PrefixKey``.
    public var key: String
    /// Its tokens, estimated where nobody has counted them.
    public var tokens: Int
    /// What its marker asks for.
    public var lifetime: Lifetime

    public init(key: String, tokens: Int, lifetime: Lifetime) {
        self.key = key
        self.tokens = tokens
        self.lifetime = lifetime
    }

    public init(_ key: PrefixKey, tokens: Int, lifetime: Lifetime) {
        self.init(key: Self.digits(of: key), tokens: tokens, lifetime: lifetime)
    }

    /// A prefix of a request, with its tokens estimated from its bytes.
    public init(_ prefix: Prefix) {
        self.init(
            key: Self.digits(of: prefix.key), tokens: prefix.size.estimatedTokens, lifetime: prefix.breakpoint.lifetime)
    }

    /// What a row keeps of a key.
    static func digits(of key: PrefixKey) -> String { String(key.hex.prefix(16)) }
}
