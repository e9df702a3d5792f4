public import WarmingPolicies

/// One prompt to keep warm: its bytes and when to ping it.
public struct WarmScope: Sendable {
    /// What it is called; unique within a warmer.
    public var name: String
    /// A body of `/v1/messages`.
    public var body: [UInt8]
    /// What of the body is kept warm.
    public var form: Form
    /// When to ping. Breakpoints of another lifetime than the last one's are held by the policy's counterpart for theirs.
    public var policy: WarmPolicy
    /// The name of the client that sends its pings.
    public var upstream: String
    /// Headers that decide over the cache, for example `anthropic-beta`.
    public var headers: [WarmHeader]
    /// Stands for who pays, where one client's pings are paid by several: when a key is refused, only the scopes that it
    /// pays for stop. Never the key itself.
    public var payer: String?
    /// Whether a miss is confirmed by one more ping at once.
    public var verifies: Bool
    /// Its own limits, besides those of all.
    public var budget: Budget?
    /// When it may be pinged at all; nil for always.
    public var hours: ActiveHours?
    /// When it is warmed even if it is cold.
    public var prewarm: PrewarmTimes?
    /// Whether the warmer says for which lifetime requests of the scope are marked, as the adaptive policy finds cheapest:
    /// whoever sends them asks ``CacheWarmer/lifetimeToWrite(for:)`` first. Else it keeps to the markers of the body.
    public var choosesLifetime: Bool
    /// Whether its history is stored under its name, so that it goes on in the next process; not where names are made up
    /// anew by each.
    public var keepsHistory: Bool

    /// What of a body is kept warm.
    public enum Form: Sendable, Hashable {
        /// The part up to the last breakpoint, which many requests share; what follows is cut off.
        case sharedPrefix
        /// The whole request, as the last of a conversation.
        case wholeRequest
    }

    public init(
        name: String, body: [UInt8], form: Form = .sharedPrefix, policy: WarmPolicy,
        upstream: String = CacheWarmer.defaultUpstream, headers: [WarmHeader] = [], payer: String? = nil,
        verifies: Bool = true, budget: Budget? = nil, hours: ActiveHours? = nil, prewarm: PrewarmTimes? = nil,
        choosesLifetime: Bool = false,
        keepsHistory: Bool = true
    ) {
        self.name = name
        self.body = body
        self.form = form
        self.policy = policy
        self.upstream = upstream
        self.headers = headers
        self.payer = payer
        self.verifies = verifies
        self.budget = budget
        self.hours = hours
        self.prewarm = prewarm
        self.choosesLifetime = choosesLifetime && policy.isAdaptive
        self.keepsHistory = keepsHistory
    }
}

/// Why a scope cannot be warmed, and what to do.
public struct ScopeFault: Error, Hashable, Sendable {
    /// The scope's name.
    public var scope: String
    /// One line.
    public var reason: String

    public init(scope: String, reason: String) {
        self.scope = scope
        self.reason = reason
    }
}

extension ScopeFault: CustomStringConvertible {
    public var description: String { "scope \(scope): \(reason)" }
}
