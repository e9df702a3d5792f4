import CachePrices
import OrderedJSON
import PromptCache
import PromptInspection
import Testing

@Suite("Lint finds what keeps a request from being cached")
struct LintTests {
    private static let long = String(repeating: "Say what is so. ", count: 400)

    private func findings(_ body: String) throws -> [Finding] {
        let request = try request(body)
        return PromptLint(request, price: PriceList.builtIn.price(of: request.model)).findings
    }

    private func body(
        system: String = #"[{"type":"text","text":"\#(long)",\#(Bodies.mark)}]"#, tools: String = "[]",
        messages: String = #"[{"role":"user","content":"Hi"}]"#, more: String = ""
    ) -> String {
        #"{"model":"claude-sonnet-5-5","max_tokens":9,"tools":\#(tools),"system":\#(system),"messages":\#(messages)\#(more)}"#
    }

    private func text(_ text: String, marked: Bool = false, ttl: String? = nil) -> String {
        let marker =
            ttl.map { #","cache_control":{"type":"ephemeral","ttl":"\#($0)"}"# } ?? (marked ? "," + Bodies.mark : "")
        return #"{"type":"text","text":"\#(text)"\#(marker)}"#
    }

    @Test("A good request has nothing to find")
    func clean() throws {
        #expect(try findings(body()).isEmpty)
    }

    @Test(
        "A time or an identifier in what is shared",
        arguments: [
            "It is 2026-11-25T10:05:31Z.", "Session 3f2504e0-4f89-41d3-9a0c-0305e82c3301", "Today is 2026-11-25",
            "Current date: 11/25/2026", "at 1764064800123 sharp",
        ])
    func volatile(words: String) throws {
        let marked = try findings(body(system: "[\(text(Self.long + words, marked: true))]"))
        #expect(marked.map(\.rule) == [.markerOnVolatile])
        #expect(marked.first?.path == "system.0.text")
        let before = try findings(body(system: "[\(text(words)),\(text(Self.long, marked: true))]"))
        #expect(before.map(\.rule) == [.volatileBeforeMarker])
        #expect(before.first?.path == "system.0.text")
        let request = try request(body(system: "[\(text(words)),\(text(Self.long, marked: true))]"))
        let tokens = try #require(request.lastPrefix(in: RequestContext())).size.estimatedTokens
        // Sonnet 5.5: a write costs 2.50 and a read 0.10 a million.
        #expect(before.first?.price == USD(picodollars: 2_400_000) * tokens)
        #expect(try findings(body(system: "[\(text(Self.long, marked: true)),\(text(words))]")).isEmpty)
    }

    @Test(
        "What only looks like one is left alone",
        arguments: ["API version 2023-06-01", "ratio 3:4 or 10:30", "phone 1234567890123456", "The law of 25/11/2016"])
    func stable(words: String) throws {
        #expect(try findings(body(system: "[\(text(words + Self.long, marked: true))]")).isEmpty)
    }

    @Test("Times in messages were said once, and stay")
    func messages() throws {
        let messages = #"[{"role":"user","content":[\#(text("At 10:05:31 on 2026-11-25 10:05", marked: true))]}]"#
        #expect(try findings(body(messages: messages)).isEmpty)
    }

    @Test("Too short, surely or by the estimate")
    func minimum() throws {
        let sure = try findings(body(system: "[\(text("Short.", marked: true))]"))
        #expect(sure.map(\.rule) == [.belowMinimum] && sure.first?.severity == .error)
        let near = try findings(body(system: "[\(text(String(repeating: "word ", count: 250), marked: true))]"))
        #expect(near.map(\.rule) == [.belowMinimum] && near.first?.severity == .warning)
    }

    @Test("More than four markers")
    func tooMany() throws {
        let five = (0..<5).map { _ in text(Self.long, marked: true) }.joined(separator: ",")
        let found = try findings(body(system: "[\(five)]"))
        #expect(found.map(\.rule) == [.tooManyMarkers])
        #expect(found.first?.path == "system.4")
        let four = (0..<4).map { _ in text(Self.long, marked: true) }.joined(separator: ",")
        #expect(try findings(body(system: "[\(four)]", more: "," + Bodies.mark)).map(\.rule) == [.tooManyMarkers])
    }

    @Test("An hour behind five minutes, and two lifetimes at one place")
    func lifetimes() throws {
        let found = try findings(body(system: "[\(text(Self.long, ttl: "5m")),\(text(Self.long, ttl: "1h"))]"))
        #expect(found.map(\.rule) == [.lifetimeOrder])
        #expect(found.first?.path == "system.1")
        #expect(try findings(body(system: "[\(text(Self.long, ttl: "1h")),\(text(Self.long, ttl: "5m"))]")).isEmpty)
        let messages = #"[{"role":"user","content":[\#(text("Hi", ttl: "5m"))]}]"#
        let twice = try findings(
            body(messages: messages, more: #","cache_control":{"type":"ephemeral","ttl":"1h"}"#))
        #expect(twice.contains { $0.rule == .lifetimeOrder && $0.path == "cache_control" })
    }

    @Test("Markers where none may stand, and none at all")
    func places() throws {
        let empty = try findings(body(system: "[\(text(Self.long, marked: true)),\(text("", marked: true))]"))
        #expect(empty.contains { $0.rule == .misplacedMarker && $0.path == "system.1" })
        let none = try findings(body(system: "[\(text(Self.long))]"))
        #expect(none.map(\.rule) == [.noMarker])
        #expect(none.first?.price != nil)
    }

    @Test("A turn longer than a read looks back", arguments: [(17, false), (18, true)])
    func lookback(results: Int, isFound: Bool) throws {
        let blocks = (0..<results).map { text("Part \($0)") }.joined(separator: ",")
        let messages =
            #"[{"role":"user","content":"Hi"},{"role":"assistant","content":"Yes"},"#
            + #"{"role":"user","content":[\#(blocks),\#(text("Go.", marked: true))]}]"#
        #expect(try findings(body(messages: messages)).contains { $0.rule == .lookbackExceeded } == isFound)
    }

    @Test("Runs of parallel calls and results are one position each")
    func runs() throws {
        let calls = (0..<30).map { #"{"type":"tool_use","id":"t\#($0)","name":"a","input":{}}"# }.joined(separator: ",")
        let results = (0..<30).map { number in
            #"{"type":"tool_result","tool_use_id":"t\#(number)","content":"r"\#(number == 29 ? "," + Bodies.mark : "")}"#
        }.joined(separator: ",")
        let messages =
            #"[{"role":"user","content":"Hi"},{"role":"assistant","content":[\#(calls)]},"#
            + #"{"role":"user","content":[\#(results)]}]"#
        #expect(try findings(body(messages: messages)).isEmpty)
    }

    @Test(
        "What refuses max_tokens 0",
        arguments: [
            (#","tool_choice":{"type":"any"}"#, "tool_choice"),
            (#","thinking":{"type":"enabled","budget_tokens":2000}"#, "thinking"),
            (#","output_config":{"format":{"type":"json_schema"}}"#, "output_config"),
        ])
    func zero(more: String, path: String) throws {
        let found = try findings(body(more: more))
        #expect(found.map(\.rule) == [.maxTokensZero])
        #expect(found.first?.severity == .notice && found.first?.path == path)
        let asking = try findings(body(more: more).replacing(#""max_tokens":9"#, with: #""max_tokens":0"#))
        #expect(asking.first { $0.rule == .maxTokensZero }?.severity == .error)
    }

    @Test("max_tokens 0 with a stream")
    func zeroStream() throws {
        let asking = body(more: #","stream":true"#).replacing(#""max_tokens":9"#, with: #""max_tokens":0"#)
        #expect(try findings(asking).map(\.rule) == [.maxTokensZero])
        #expect(try findings(body(more: #","stream":true"#)).isEmpty)
    }

    @Test("Tools out of order")
    func tools() throws {
        let tools = #"[{"name":"b","input_schema":{}},{"name":"a","input_schema":{}}]"#
        let found = try findings(body(tools: tools))
        #expect(found.map(\.rule) == [.unsortedTools] && found.first?.path == "tools.1")
    }

    @Test("Each finding says what to do, and where it stands in the body")
    func helpful() throws {
        let bad = body(
            system: "[\(text("It is 10:05:31.", marked: true)),\(text("", marked: true))]",
            tools: #"[{"name":"b"},{"name":"a"}]"#, more: #","tool_choice":{"type":"any"}"#)
        let request = try request(bad)
        let found = try findings(bad)
        #expect(found.count >= 4)
        for finding in found {
            #expect(!finding.fix.isEmpty && !finding.message.isEmpty)
            #expect(request.bytes.indices.contains(finding.offset))
        }
        #expect(found.map(\.offset) == found.map(\.offset).sorted())
    }
}
