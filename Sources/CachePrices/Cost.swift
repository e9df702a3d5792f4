public import PromptCache

/// What the parts of a usage cost.
public struct CostBreakdown: Hashable, Sendable, Codable {
    /// Tokens neither read from the cache nor written to it.
    public var input: USD
    /// Tokens written for 5 minutes.
    public var write5m: USD
    /// Tokens written for an hour.
    public var write1h: USD
    /// Tokens read from the cache.
    public var read: USD
    /// Tokens that the model produced.
    public var output: USD

    enum CodingKeys: String, CodingKey {
        case input, read, output
        case write5m = "write_5m"
        case write1h = "write_1h"
    }

    /// Whatever is left out is zero.
    public init(
        input: USD = .zero, write5m: USD = .zero, write1h: USD = .zero, read: USD = .zero, output: USD = .zero
    ) {
        self.input = input
        self.write5m = write5m
        self.write1h = write1h
        self.read = read
        self.output = output
    }

    init(_ usage: Usage, at prices: TokenPrices) {
        // A count below zero is no count: it costs nothing and gives nothing back.
        input = prices.input * max(0, usage.input)
        write5m = prices.write5m * max(0, usage.write5m)
        write1h = prices.write1h * max(0, usage.write1h)
        read = prices.read * max(0, usage.read)
        output = prices.output * max(0, usage.output)
    }

    /// The sum of the parts.
    public var total: USD { input + write5m + write1h + read + output }

    public static func + (a: CostBreakdown, b: CostBreakdown) -> CostBreakdown {
        CostBreakdown(
            input: a.input + b.input, write5m: a.write5m + b.write5m, write1h: a.write1h + b.write1h,
            read: a.read + b.read, output: a.output + b.output)
    }

    public static func += (a: inout CostBreakdown, b: CostBreakdown) { a = a + b }
}

/// What one request costs, and by which price.
public struct Cost: Hashable, Sendable {
    /// The parts.
    public let breakdown: CostBreakdown
    /// The price that was applied, before modifiers.
    public let price: ModelPrice

    /// The sum of the parts.
    public var total: USD { breakdown.total }
}

extension ModelPrice {
    /// What one request costs. The tier goes by the whole prompt, so that usages of several requests must be priced one
    /// by one and not added up first.
    public func cost(of usage: Usage, modifiers: Set<PriceModifier> = []) -> Cost {
        let prompt = [usage.input, usage.write5m, usage.write1h, usage.read].reduce(0, saturatingSum)
        let breakdown = CostBreakdown(usage, at: prices(promptTokens: prompt).modified(by: modifiers))
        return Cost(breakdown: breakdown, price: self)
    }

    /// The most that a request can cost: every token of the prompt a write at the lifetime's price (or uncached, where
    /// that is dearer), and all the output that it allows.
    ///
    /// - Parameters:
    ///   - tokens: an upper bound of the prompt's tokens. Where a long prompt has other prices, whatever a shorter one
    ///     could cost is counted as well.
    ///   - lifetime: the lifetime that its breakpoints ask for; the longest, if they differ.
    ///   - maxOutput: the request's `max_tokens`.
    public func worstCase(
        tokens: Int, lifetime: Lifetime, maxOutput: Int, modifiers: Set<PriceModifier> = []
    ) -> USD {
        func most(_ tokens: Int, at prices: TokenPrices) -> USD {
            let prices = prices.modified(by: modifiers)
            return max(prices.write(lifetime), prices.input) * max(0, tokens) + prices.output * max(0, maxOutput)
        }
        guard let longPrompts, tokens > longPrompts.above else { return most(tokens, at: prices) }
        return max(most(tokens, at: longPrompts.prices), most(longPrompts.above, at: prices))
    }
}

private func saturatingSum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflows) = a.addingReportingOverflow(max(0, b))
    return overflows ? .max : sum
}
