public import CachePrices
public import PromptCache

/// What warming once has done.
public struct WarmResult: Sendable {
    /// One for each prefix with a schedule of its own, the longest first.
    public var prefixes: [WarmedPrefix]

    /// Of all calls, the verifying ones too.
    public var usage: Usage { prefixes.reduce(Usage()) { $0 + $1.usage } }
    /// Of all calls, the verifying ones too.
    public var cost: USD { prefixes.reduce(.zero) { $0 + $1.cost } }
    /// Whether a second request read every prefix from the cache; nil if that was not asked for.
    public var isVerified: Bool? {
        prefixes.reduce(true) { all, prefix in
            guard let all, let one = prefix.isVerified else { return nil }
            return all && one
        }
    }
}

/// What warming a prefix once has done.
public struct WarmedPrefix: Sendable {
    /// Where it ends.
    public var breakpoint: String
    public var key: PrefixKey
    public var model: ModelID
    /// Of the first call: `hit` if it was warm already, `rewritten` if it had to be written.
    public var verdict: Verdict
    /// Whether a second call read it; nil if that was not asked for.
    public var isVerified: Bool?
    /// Of both calls.
    public var usage: Usage
    /// Of both calls.
    public var cost: USD
    /// The tokens that the cache holds now, as the last call counted them.
    public var cached: Int
    /// How long the first call took. A request for no output has no first token, so this stands for it.
    public var latency: Duration
    /// When the call that was last to touch it began.
    public var touchedAt: ClockReading
    public var lifetime: Lifetime
}

/// Why warming once failed.
public struct WarmFailure: Error, Sendable {
    /// One line, with what to do.
    public var reason: String

    public init(_ reason: String) { self.reason = reason }
}

extension WarmFailure: CustomStringConvertible {
    public var description: String { reason }
}
