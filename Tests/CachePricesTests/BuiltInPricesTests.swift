import CachePrices
import PromptCache
import Testing

@Suite struct BuiltInPricesTests {
    /// Family, then USD per million tokens: input, 5m write, 1h write, read, output.
    static let rows: [(families: String, prices: String)] = [
        ("fable-5-2 mythos-5-2", "8 10 16 0.20 40"),
        ("fable-5-1 mythos-5-1", "10 12.50 20 0.25 50"),
        ("fable-5 mythos-5", "10 12.50 20 1.00 50"),
        ("opus-5-5", "4 5 8 0.20 20"),
        ("opus-5 opus-4-8 opus-4-7 opus-4-6 opus-4-5", "5 6.25 10 0.50 25"),
        ("opus-4-1 opus-4", "15 18.75 30 1.50 75"),
        ("sonnet-5-5", "2 2.50 4 0.10 10"),
        ("sonnet-5", "2 2.50 4 0.20 10"),
        ("sonnet-4-6 sonnet-4-5 sonnet-4", "3 3.75 6 0.30 15"),
        ("haiku-5-5", "0.10 0.125 0.20 0.01 0.50"),
        ("haiku-4-5", "1 1.25 2 0.10 5"),
        ("haiku-3-5", "0.80 1.00 1.60 0.08 4"),
    ]

    private func price(_ model: String) throws -> ModelPrice {
        try #require(PriceList.builtIn.price(of: ModelID(model)))
    }

    @Test(arguments: rows)
    func `a million tokens cost what the provider's price page says`(families: String, prices: String) throws {
        let expected = try prices.split(separator: " ").map { try USD($0) }
        for family in families.split(separator: " ") {
            let price = try price("claude-\(family)")
            let perToken = price.prices
            let all = [perToken.input, perToken.write5m, perToken.write1h, perToken.read, perToken.output]
            #expect(all.map { $0 * 1_000_000 } == expected)
            #expect(price.asOf == "2026-11")
            #expect(!price.source.isEmpty)
            #expect(price.assumed == family.hasSuffix("-5-2"))
        }
    }

    @Test func `no other model has a price`() {
        let families = Self.rows.flatMap { $0.families.split(separator: " ").map(String.init) }
        #expect(PriceList.builtIn.all.map(\.family) == families.sorted())
        #expect(PriceList.builtIn.price(of: ModelID("gpt-7")) == nil)
        #expect(PriceList.builtIn.price(of: ModelID("claude-opus-9")) == nil)
        #expect(PriceList.builtIn.cost(of: Usage(input: 1), model: ModelID("claude-opus-9")) == nil)
    }

    @Test(arguments: [
        "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "anthropic/claude-sonnet-4.5",
    ])
    func `a model is found under all its names`(name: String) throws {
        #expect(try price(name).family == "sonnet-4-5")
    }

    @Test(arguments: [
        ("claude-opus-5", Lifetime.fiveMinutes, "23/2"), ("claude-opus-5", .oneHour, "19"),
        ("claude-opus-5-5", .fiveMinutes, "24"), ("claude-fable-5-1", .fiveMinutes, "49"),
        ("claude-fable-5-1", .oneHour, "79"),
    ])
    func `break-even comes out exactly`(model: String, lifetime: Lifetime, pings: String) throws {
        #expect(try price(model).prices.breakEvenPings(lifetime)?.description == pings)
    }

    @Test(arguments: [
        ("claude-sonnet-4-6", "1/10"), ("claude-sonnet-5-5", "1/20"), ("claude-opus-5-5", "1/20"),
        ("claude-mythos-5-1", "1/40"), ("claude-mythos-5-2", "1/40"), ("claude-haiku-5-5", "1/10"),
    ])
    func `what a read costs of the input price differs by model`(model: String, ratio: String) throws {
        #expect(try price(model).readMultiplier.description == ratio)
    }

    @Test func `ratios compare exactly`() throws {
        let tenth = try price("claude-sonnet-5").readMultiplier
        let twentieth = try price("claude-opus-5-5").readMultiplier
        #expect(twentieth < tenth)
        #expect(tenth.doubleValue == 0.1)
    }
}
