/// One request of a recorded trace.
public struct TraceRequest: Hashable, Sendable {
    /// When it started.
    public var start: Moment
    /// The scope's number, from 0.
    public var scope: Int
    /// The tokens of the prefix that it shares with what was cached before.
    public var prefixTokens: Int
    /// The tokens that it adds and pays for writing; 0 in traces of constant prefixes.
    public var newTokens: Int
    /// What is cached after it: both together, or what a trace of constant prefixes says is cached from then on.
    public var cachedTokens: Int
    /// What the conversation waits for after the response.
    public var awaits: Awaits
    /// Whether a sub-agent sent it.
    public var isSubAgent: Bool

    /// - Parameter cachedTokens: the sum of both unless given.
    public init(
        start: Moment, scope: Int, prefixTokens: Int, newTokens: Int = 0, cachedTokens: Int? = nil,
        awaits: Awaits = .unknown, isSubAgent: Bool = false
    ) {
        self.start = start
        self.scope = scope
        self.prefixTokens = prefixTokens
        self.newTokens = newTokens
        self.cachedTokens = cachedTokens ?? prefixTokens + newTokens
        self.awaits = awaits
        self.isSubAgent = isSubAgent
    }

    /// What it sends that is to be cached.
    var sent: Double { Double(prefixTokens + newTokens) }
    /// What a ping after it reads.
    var cached: Double { Double(cachedTokens) }

    /// Whether it asks for anything that could be cached.
    var readsPrefix: Bool { prefixTokens > 0 || newTokens == 0 }
}
