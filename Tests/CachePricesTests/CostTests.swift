import CachePrices
import Foundation
import PromptCache
import SteppedTime
import Testing

@Suite struct CostTests {
    private let prices = PriceList.builtIn

    private func usage(_ random: inout SeededRandom, most: Int = 30_000) -> Usage {
        func draw() -> Int { .random(in: 0...most, using: &random) }
        return Usage(input: draw(), write5m: draw(), write1h: draw(), read: draw(), output: draw())
    }

    @Test func `a recorded exchange costs what it should`() throws {
        // A book in the system prompt: written once, then read.
        let first = Usage(input: 21, write5m: 188_086, output: 393)
        let second = Usage(input: 21, read: 188_086, output: 393)
        let sonnet = ModelID("claude-sonnet-4-5")
        #expect(try #require(prices.cost(of: first, model: sonnet)).total == .usd("0.7112805"))
        #expect(try #require(prices.cost(of: second, model: sonnet)).total == .usd("0.0623838"))
    }

    @Test func `the parts add up and twice the tokens cost twice as much`() throws {
        var random = SeededRandom(seed: 2)
        let modifiers: [Set<PriceModifier>] = [
            [], [.batch], [.inferenceGeoUS], [.fast, .regional], [.batch, .inferenceGeoUS, .fast, .regional],
        ]
        for price in prices.all where price.longPrompts == nil {
            for modifiers in modifiers {
                let (a, b) = (usage(&random), usage(&random))
                let cost = price.cost(of: a, modifiers: modifiers)
                let parts = cost.breakdown
                #expect(cost.total == parts.input + parts.write5m + parts.write1h + parts.read + parts.output)
                #expect(price.cost(of: a + a, modifiers: modifiers).total == cost.total + cost.total)
                let both = price.cost(of: b, modifiers: modifiers).breakdown + parts
                #expect(price.cost(of: a + b, modifiers: modifiers).breakdown == both)
            }
        }
    }

    @Test func `a long prompt has other prices for the whole request`() throws {
        let haiku = try #require(prices.price(of: ModelID("claude-haiku-5-5")))
        let atBorder = Usage(input: 1, write5m: 2, write1h: 3, read: 99_994, output: 10)
        var beyond = atBorder
        beyond.read += 1
        #expect(atBorder.totalInput == 100_000)
        #expect(haiku.cost(of: atBorder).breakdown.read == .usd("0.00099994"))
        #expect(haiku.cost(of: beyond).breakdown.read == .usd("0.00499975"))
        #expect(haiku.cost(of: beyond).breakdown.output == .usd("0.000025"))
        // Output is no part of the prompt.
        #expect(haiku.cost(of: Usage(input: 100_000, output: 5)).breakdown.input == .usd("0.01"))
        #expect(haiku.cost(of: Usage(input: 100_001, output: 5)).breakdown.input == .usd("0.0500005"))
    }

    @Test func `modifiers multiply each other and round up once`() throws {
        let opus = try #require(prices.price(of: ModelID("claude-opus-5-5")))
        let million = Usage(input: 1_000_000)
        #expect(opus.cost(of: million, modifiers: [.batch]).total == .usd("2"))
        #expect(opus.cost(of: million, modifiers: [.inferenceGeoUS]).total == .usd("4.4"))
        #expect(opus.cost(of: million, modifiers: [.fast, .regional]).total == .usd("8.8"))
        #expect(opus.cost(of: million, modifiers: [.batch, .inferenceGeoUS, .regional]).total == .usd("2.42"))

        let odd = #"{"models": {"odd": {"input": 0.000003, "write_5m": 1, "write_1h": 1, "read": 0, "output": 1}}}"#
        let list = try PriceList(json: Array(odd.utf8), file: "odd.json")
        let cost = list.cost(of: Usage(input: 10), model: ModelID("odd"), modifiers: [.batch, .regional])
        #expect(cost?.total.picodollars == 20)
    }

    @Test func `absurd counts stop at the largest amount`() throws {
        let absurd = Usage(input: .max, write5m: .max, write1h: .max, read: .max, output: .max)
        for price in prices.all {
            #expect(price.cost(of: absurd).total == .largest)
            #expect(price.worstCase(tokens: .max, lifetime: .oneHour, maxOutput: .max) == .largest)
            #expect(price.cost(of: Usage(input: -5, read: .min)).total == .zero)
        }
    }

    @Test func `no request costs more than the worst case`() throws {
        var random = SeededRandom(seed: 3)
        for price in prices.all {
            for _ in 0..<50 {
                var usage = usage(&random, most: 60_000)
                usage.write1h = 0
                let bound = usage.totalInput + Int.random(in: 0...50_000, using: &random)
                let worst = price.worstCase(tokens: bound, lifetime: .fiveMinutes, maxOutput: usage.output)
                #expect(price.cost(of: usage).total <= worst)
            }
        }
    }

    @Test func `the worst case is a write of everything and all the output`() throws {
        let worst = prices.worstCase(
            tokens: 10_000, lifetime: .oneHour, maxOutput: 100, model: ModelID("claude-sonnet-5-5"))
        #expect(worst == .usd("0.041"))
        #expect(prices.worstCase(tokens: 1, lifetime: .oneHour, maxOutput: 1, model: ModelID("none")) == nil)
    }

    @Test func `the breakdown has the names that scripts rely on`() throws {
        let cost = try #require(prices.cost(of: Usage(write5m: 4000), model: ModelID("claude-sonnet-5-5")))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(cost.breakdown), as: UTF8.self)
        #expect(json == #"{"input":"0","output":"0","read":"0","write_1h":"0","write_5m":"0.01"}"#)
    }
}
