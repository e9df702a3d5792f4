public import PromptCache

/// What one token costs, by what happens to it.
public struct TokenPrices: Hashable, Sendable {
    /// Neither read from the cache nor written to it; above zero.
    public let input: USD
    /// Written to the cache for 5 minutes.
    public let write5m: USD
    /// Written to the cache for an hour.
    public let write1h: USD
    /// Read from the cache; never more than a write.
    public let read: USD
    /// Produced by the model.
    public let output: USD

    init(input: USD, write5m: USD, write1h: USD, read: USD, output: USD) {
        self.input = input
        self.write5m = write5m
        self.write1h = write1h
        self.read = read
        self.output = output
    }

    /// The price of writing a token for a lifetime.
    public func write(_ lifetime: Lifetime) -> USD {
        switch lifetime {
        case .fiveMinutes: write5m
        case .oneHour: write1h
        }
    }

    /// A read in multiples of the input price: 1/10, 1/20 or 1/40 for the provider's models.
    public var readMultiplier: Ratio { Ratio(read.picodollars, input.picodollars) }

    /// A write in multiples of the input price: 5/4 or 2 for the provider's models.
    public func writeMultiplier(_ lifetime: Lifetime) -> Ratio {
        Ratio(write(lifetime).picodollars, input.picodollars)
    }

    /// How many pings one spared write pays for, (write − read) / read: 23/2 for 5 minutes where a read costs a tenth.
    /// Nil where reading is free and no number of pings is too many.
    public func breakEvenPings(_ lifetime: Lifetime) -> Ratio? {
        guard read > .zero else { return nil }
        return Ratio((write(lifetime) - read).picodollars, read.picodollars)
    }

    /// The prices under modifiers: multiplied together first, then rounded up per token to whole picodollars, so that
    /// the cost of a sum of tokens is the sum of their costs.
    public func modified(by modifiers: Set<PriceModifier>) -> TokenPrices {
        guard !modifiers.isEmpty else { return self }
        let ratio = modifiers.product
        return TokenPrices(
            input: input.scaled(by: ratio), write5m: write5m.scaled(by: ratio), write1h: write1h.scaled(by: ratio),
            read: read.scaled(by: ratio), output: output.scaled(by: ratio))
    }
}

/// The prices of one model, and where they are from.
public struct ModelPrice: Hashable, Sendable {
    /// Other prices for the whole request once its prompt is long.
    public struct LongPrompts: Hashable, Sendable {
        /// A prompt with more tokens than this is long.
        public let above: Int
        /// What every token of such a request costs.
        public let prices: TokenPrices
    }

    /// The model's family as ``PromptCache/ModelID/family`` has it.
    public let family: String
    /// The prices of a request, unless its prompt is long.
    public let prices: TokenPrices
    /// Where the model has a second tier: its prices.
    public let longPrompts: LongPrompts?
    /// The year and month, or the day, that the prices were read: `2026-11`. Nil where a user's file does not say.
    public let asOf: String?
    /// Where they were read.
    public let source: String
    /// Whether they are assumed, not published.
    public let assumed: Bool

    /// The prices of a request by the tokens of its whole prompt: uncached, written and read.
    public func prices(promptTokens: Int) -> TokenPrices {
        guard let longPrompts, promptTokens > longPrompts.above else { return prices }
        return longPrompts.prices
    }

    /// A read in multiples of the input price, for prompts that are not long.
    public var readMultiplier: Ratio { prices.readMultiplier }
}
