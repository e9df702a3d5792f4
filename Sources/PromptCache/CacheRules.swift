/// How a model's cache behaves, as far as requests and their usage can be judged by it: as documented, unless a
/// ``CacheProfile`` has measured it otherwise.
public struct CacheRules: Hashable, Sendable {
    /// The shortest prefix that is cached, in tokens; below it the provider caches nothing and says nothing.
    public var minimumTokens: Int
    /// How many markers a request may bear: 4 on every model.
    public var maximumBreakpoints: Int
    /// How many positions a read looks back from a breakpoint, counting the breakpoint itself: 20 on every model.
    public var lookback: Int
    /// The lowest way of asking for no output that refreshes an entry.
    public var lowestRung = Rung.zero
    /// Whether a read refreshes an entry at all. Where it does not, no ping is worth anything.
    public var readsRefresh = true
    /// Whether an hour that is asked for is given; else it is 5 minutes.
    public var honoursHour = true
    /// Whether the same prefix under another lifetime is another entry.
    public var separatesLifetimes = false
    /// Whether a 1h breakpoint above a 5m prefix keeps all of it for an hour. The careful assumption is that older tokens
    /// keep their own lifetime.
    public var hourKeepsAll = false
    /// How long an entry of 5 minutes lives at least; no more than is promised.
    public var held5m = Lifetime.fiveMinutes.duration
    /// How long after a response an entry that it wrote may not be readable yet. 2 s is assumed.
    public var readableAfter = Duration.seconds(2)

    /// The provider's rules unless told otherwise.
    public init(minimumTokens: Int, maximumBreakpoints: Int = 4, lookback: Int = 20) {
        self.minimumTokens = minimumTokens
        self.maximumBreakpoints = maximumBreakpoints
        self.lookback = lookback
    }

    /// The rules of a model, from the provider's documentation of November 2026.
    ///
    /// A model that is not known gets the largest minimum, 4,096 tokens: a warning too many costs less than a prompt
    /// that is silently never cached.
    public init(for model: ModelID) {
        self.init(minimumTokens: Self.minimums[model.family] ?? 4096)
    }

    /// What an entry gets that asks for a lifetime.
    public func lifetime(asked: Lifetime) -> Lifetime { honoursHour ? asked : .fiveMinutes }

    /// How much shorter than promised an entry lives.
    public func shortfall(of lifetime: Lifetime) -> Duration {
        lifetime == .fiveMinutes ? lifetime.duration - held5m : .zero
    }

    /// Why no ping can hold an entry; nil where it can.
    public var obstacleToPings: String? {
        if !readsRefresh { return "a read refreshes nothing" }
        // Pings come no oftener than twice in a promised lifetime.
        return held5m < Lifetime.fiveMinutes.duration / 2 ? "entries live for only \(Int(held5m / .seconds(1))) s" : nil
    }

    private static let minimums: [String: Int] = {
        let families: [(Int, [String])] = [
            (
                512,
                [
                    "fable-5", "fable-5-1", "fable-5-2", "mythos-5", "mythos-5-1", "mythos-5-2", "opus-5", "opus-5-5",
                    "sonnet-5-5", "haiku-5-5",
                ]
            ),
            (1024, ["opus-4-8", "opus-4-1", "opus-4", "sonnet-5", "sonnet-4-6", "sonnet-4-5", "sonnet-4"]),
            (2048, ["opus-4-7", "mythos-preview", "haiku-3-5"]),
            (4096, ["opus-4-6", "opus-4-5", "haiku-4-5"]),
        ]
        return Dictionary(uniqueKeysWithValues: families.flatMap { minimum, names in names.map { ($0, minimum) } })
    }()
}
