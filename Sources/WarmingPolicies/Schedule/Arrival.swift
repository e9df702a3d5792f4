/// A real request of a user's, as far as policies care.
public struct Arrival: Hashable, Sendable {
    /// When it started.
    public var start: Moment
    /// The tokens of the prefix that an earlier request of the scope may have left cached.
    public var prefixTokens: Int
    /// The tokens that it adds and leaves cached: for a conversation the last turn, for a fixed prompt none.
    public var newTokens: Int
    /// What the conversation waits for after the response; see ``WarmSchedule/answered(verdict:awaits:shared:)``.
    public var awaits: Awaits
    /// Whether a sub-agent sent it. Those end soon.
    public var isSubAgent: Bool

    /// What is taken for the tokens of a prefix that are not known.
    public static let usualTokens = 10_000

    /// - Parameter prefixTokens: 10,000 where it is not known; only the share of a ping's own tokens depends on it.
    public init(
        start: Moment, prefixTokens: Int = Self.usualTokens, newTokens: Int = 0, awaits: Awaits = .unknown,
        isSubAgent: Bool = false
    ) {
        self.start = start
        self.prefixTokens = max(0, prefixTokens)
        self.newTokens = max(0, newTokens)
        self.awaits = awaits
        self.isSubAgent = isSubAgent
    }
}
