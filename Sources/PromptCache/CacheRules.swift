/// How a model's cache behaves, as far as a request can be judged by it.
public struct CacheRules: Hashable, Sendable {
    /// The shortest prefix that is cached, in tokens; below it the provider caches nothing and says nothing.
    public var minimumTokens: Int
    /// How many markers a request may bear: 4 on every model.
    public var maximumBreakpoints: Int
    /// How many positions a read looks back from a breakpoint, counting the breakpoint itself: 20 on every model.
    public var lookback: Int

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
