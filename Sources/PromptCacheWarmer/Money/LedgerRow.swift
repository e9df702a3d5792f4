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
    /// The prefixes that an arrival covers, or that a ping has refreshed.
    public var prefixes: [CoveredPrefix]
    /// Whether it covers all that its scope has cached; false for a ping of an earlier breakpoint alone.
    public var isWhole: Bool
    /// How long the provider keeps what was touched.
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
        prefixes: [CoveredPrefix] = [], isWhole: Bool = true, lifetime: Lifetime, choseHour: Bool = false,
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
        self.isWhole = isWhole
        self.lifetime = lifetime
        self.choseHour = choseHour
        self.usage = usage
        self.cost = cost
        self.cause = cause
        self.timeToFirstToken = timeToFirstToken
        self.reason = reason
        self.expectedValue = expectedValue
    }

    /// What the usage proves; nil without one.
    public var verdict: Verdict? { usage?.verdict }
}

/// A prefix that a request goes through, by its key and how long it is.
public struct CoveredPrefix: Sendable, Hashable {
    /// The first 16 hexadecimal digits of its ``PromptCache/PrefixKey``.
    public var key: String
    /// Its tokens, estimated where nobody has counted them.
    public var tokens: Int

    public init(key: String, tokens: Int) {
        self.key = key
        self.tokens = tokens
    }

    /// A prefix of a request, with its tokens estimated from its bytes.
    public init(_ prefix: Prefix) {
        self.init(key: String(prefix.key.hex.prefix(16)), tokens: prefix.size.estimatedTokens)
    }
}
