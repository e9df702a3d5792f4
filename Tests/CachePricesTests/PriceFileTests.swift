import CachePrices
import PromptCache
import Testing

@Suite struct PriceFileTests {
    private static let good = #""input": "1", "write_5m": "1.25", "write_1h": "2", "read": "0.1", "output": "5""#

    private func read(_ json: String) throws -> PriceList {
        try PriceList.builtIn.merging(Array(json.utf8), file: "prices.json")
    }

    @Test func `a user's file adds models and puts entries in the place of others`() throws {
        let list = try read(
            """
            {"as_of": "2026-12-01", "source": "our contract", "models": {
              "claude-opus-5-5": {\(Self.good), "source": "the invoice"},
              "kimi-k4": {"input": 0.6, "write_5m": 0.6, "write_1h": 0.6, "read": 0.15, "output": 2.5, "assumed": true}
            }}
            """)
        let opus = try #require(list.price(of: ModelID("claude-opus-5-5-20261001")))
        #expect(opus.prices.input * 1_000_000 == .usd("1"))
        #expect(opus.source == "the invoice")
        let kimi = try #require(list.price(of: ModelID("Kimi-K4")))
        #expect(kimi.readMultiplier.description == "1/4")
        #expect(kimi.assumed)
        #expect(kimi.source == "our contract")
        #expect(kimi.asOf == "2026-12-01")
        // All others are as they were.
        #expect(list.all.count == PriceList.builtIn.all.count + 1)
        #expect(list.price(of: ModelID("claude-opus-5")) == PriceList.builtIn.price(of: ModelID("claude-opus-5")))
    }

    @Test func `a file without a source is its own source`() throws {
        let list = try read(#"{"models": {"x": {\#(Self.good)}}}"#)
        #expect(list.price(of: ModelID("x"))?.source == "prices.json")
        #expect(list.price(of: ModelID("x"))?.asOf == nil)
    }

    @Test(arguments: [
        (good + #", "input": 2"#, "models.m.input", "twice"),
        (good + #", "reed": 2"#, "models.m.reed", #"did you mean "read"?"#),
        (good + #", "wirte_1h": 2"#, "models.m.wirte_1h", #"did you mean "write_1h"?"#),
        (good + #", "colour": 2"#, "models.m.colour", "known are input, write_5m"),
        (good + #", "as_of": "soon""#, "models.m.as_of", "2026-11"),
        (good + #", "assumed": "yes""#, "models.m.assumed", "true or false"),
        (good + #", "long_prompts": {\#(good)}"#, "models.m.long_prompts", #""above" is missing"#),
        (good + #", "long_prompts": {"above": 0, \#(good)}"#, "models.m.long_prompts.above", "above 0"),
        (#""input": 1, "read": 0.1"#, "models.m", #""write_5m", "write_1h", "output" missing"#),
    ])
    func `mistakes in an entry are named with their path`(entry: String, path: String, words: String) {
        expectError(#"{"models": {"m": {\#(entry)}}}"#, path: path, words: words)
    }

    @Test(arguments: [
        ("-1", "below zero"), ("10000.01", "above 10000"), (#""1e3""#, "plain decimal"), ("1e3", "plain decimal"),
        (#""0.0000001""#, "6 decimals"), (#""free""#, "plain decimal"), ("null", "must be a price"),
        ("99999999999999999999999", "above 10000"), (#""5""#, "a read must not cost more than a write"),
    ])
    func `prices that cannot be are refused`(read: String, words: String) {
        let entry = #""input": 1, "write_5m": 1.25, "write_1h": 2, "output": 5, "read": \#(read)"#
        expectError(#"{"models": {"m": {\#(entry)}}}"#, path: "models.m.read", words: words)
    }

    @Test func `what is free needs no warming`() {
        let entry = #""input": 0, "write_5m": 0, "write_1h": 0, "output": 0, "read": 0"#
        expectError(#"{"models": {"m": {\#(entry)}}}"#, path: "models.m.input", words: "above 0")
    }

    @Test func `one model under two names is a mistake`() {
        let json = #"{"models": {"claude-opus-5": {\#(Self.good)}, "anthropic/claude-opus-5": {\#(Self.good)}}}"#
        expectError(json, path: "models.anthropic/claude-opus-5", words: "already")
    }

    @Test(arguments: [
        ("[]", "", "must be an object"), ("{}", "", #""models" is missing"#), (#"{"modles": {}}"#, "modles", "models"),
        (#"{"models": {"gpt-4.1": 3}}"#, #"models."gpt-4.1""#, "must be an object"),
    ])
    func `a file of another shape is refused`(json: String, path: String, words: String) {
        expectError(json, path: path, words: words)
    }

    @Test func `broken JSON has a line and a column`() {
        let error = #expect(throws: PriceListError.self) { try read("{\n  \"models\": {,}\n}") }
        #expect(error?.line == 2)
        #expect(error?.column == 14)
        #expect(error?.description.hasPrefix("prices.json:2:14: not valid JSON: ") == true)
        #expect(throws: PriceListError.self) { try read("") }
    }

    @Test func `the place of a mistake is that of its value`() {
        let error = #expect(throws: PriceListError.self) { try read("{\"models\": {\n \"m\": {\n  \"input\": -1}}}") }
        #expect(error?.description.hasPrefix("prices.json:2:7: models.m: ") == true)
    }

    private func expectError(_ json: String, path: String, words: String) {
        let error = #expect(throws: PriceListError.self) { try read(json) }
        #expect(error?.path == path)
        #expect(error?.message.contains(words) == true, "\(error?.description ?? "no error")")
        #expect(error?.description.contains("\n") == false)
    }
}
