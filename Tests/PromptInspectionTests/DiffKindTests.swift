import PromptCache
import PromptInspection
import Testing

@Suite("A diff says where two requests part, and what kind of change it is")
struct DiffKindTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var part: String
        var other: String
        var kind: DifferenceKind
        var path: String
        /// How many of the three prefixes survive.
        var surviving: Int
        var testDescription: String { "\(kind.rawValue): \(other)" }
    }

    static let cases = [
        Case(
            part: #""model":"claude-sonnet-5-5""#, other: #""model":"claude-opus-5-5""#, kind: .model, path: "model",
            surviving: 0),
        Case(
            part: #""temperature":0.5"#, other: #""temperature":0.6"#, kind: .setting, path: "temperature", surviving: 0
        ),
        Case(
            part: #""temperature":0.5"#, other: #""temperature":0.5,"thinking":{"type":"adaptive"}"#,
            kind: .thinkingOrEffort, path: "thinking", surviving: 0),
        Case(
            part: #""temperature":0.5"#, other: #""temperature":0.5,"output_config":{"effort":"low"}"#,
            kind: .thinkingOrEffort, path: "output_config", surviving: 0),
        Case(part: "Goes.", other: "Goes away.", kind: .text, path: "tools.0.description", surviving: 0),
        Case(
            part: #""maxLength":9"#, other: #""maxLength":10"#, kind: .counter,
            path: "tools.1.input_schema.properties.at.maxLength", surviving: 0),
        Case(
            part: #""type":"string","maxLength":9"#, other: #""maxLength":9,"type":"string""#, kind: .orderOfKeys,
            path: "tools.1.input_schema.properties.at.type", surviving: 0),
        Case(
            part: #""temperature":0.5"#, other: #""temperature":0.5,"speed":"fast""#, kind: .setting, path: "speed",
            surviving: 1),
        Case(
            part: "It is a fine day.", other: "It is a  fine day.", kind: .whitespace, path: "system.1.text",
            surviving: 1),
        Case(
            part: #"{"type":"text","text":"Be brief."},"#, other: "", kind: .text, path: "system.0.text", surviving: 1),
        Case(
            part: #""temperature":0.5"#, other: #""temperature":0.5,"tool_choice":{"type":"auto"}"#, kind: .toolChoice,
            path: "tool_choice", surviving: 2),
        Case(
            part: #"{"type":"text","text":"Behind."}"#,
            other: #"{"type":"image","source":{"type":"url","url":"https://a.test"}}"#, kind: .image,
            path: "messages.2.content.1", surviving: 2),
        Case(
            part: #"{"role":"assistant","content":[{"type":"text","text":"Hi."}]},"#, other: "", kind: .role,
            path: "messages.1.role", surviving: 2),
        Case(
            part: #""text":"What now?""#, other: #""text":"What then?""#, kind: .text,
            path: "messages.2.content.0.text", surviving: 2),
    ]

    @Test("Each kind at its place, with the prefixes in front of it intact", arguments: cases)
    func kinds(_ example: Case) throws {
        let found = try diff(Bodies.base, Bodies.with(example.part, example.other))
        let first = try #require(found.firstDifference)
        #expect(first.kind == example.kind)
        #expect(first.path == example.path)
        #expect(first.counts)
        #expect(!found.isSame)
        #expect(found.surviving.count == example.surviving)
        #expect(found.lost.count == 3 - example.surviving)
    }

    @Test("The order of tools", arguments: [false, true])
    func orderOfTools(alsoChanged: Bool) throws {
        let tools = ["b", "a", "c"].map { #"{"name":"\#($0)","input_schema":{"type":"object"}}"# }
        func body(_ tools: [String]) -> String {
            #"{"model":"m","tools":[\#(tools.joined(separator: ","))],"system":[{"type":"text","text":"s",\#(Bodies.mark)}]}"#
        }
        var other = tools.sorted()
        if alsoChanged { other[2] = other[2].replacing(#""object""#, with: #""object","properties":{}"#) }
        let first = try #require(try diff(body(tools), body(other)).firstDifference)
        #expect(first.kind == .orderOfTools)
        #expect(first.path == "tools.0.name")
        #expect(try diff(body(tools), body(tools + ["{\"name\":\"d\"}"])).firstDifference?.kind == .added)
        #expect(try diff(body(tools), body(Array(tools.dropFirst()))).firstDifference?.kind == .removed)
    }

    @Test(
        "What changes by itself is known by its looks",
        arguments: [
            ("Now: 2026-11-25T10:05:31Z", "Now: 2026-11-25T10:06:00Z", DifferenceKind.timestamp),
            ("Today is 2026-11-25.", "Today is 2026-11-26.", .timestamp),
            ("Today is Wednesday.", "Today is Thursday.", .timestamp),
            ("It is 10:05:31 now", "It is 10:05:32 now", .timestamp),
            ("Since 1764064800 or so", "Since 1764064801 or so", .timestamp),
            ("Date: 11/25/2026", "Date: 11/26/2026", .timestamp),
            ("id 3f2504e0-4f89-41d3-9a0c-0305e82c3301.", "id 3f2504e0-4f89-41d3-9a0c-0305e82c3302.", .uuid),
            ("id 3f2504e0-4f89-41d3-9a0c-0305e82c3301.", "id a4c1ff00-5d2e-4c0b-8a42-6e7a5f8d9b11.", .uuid),
            ("request 9 of many", "request 10 of many", .counter),
            ("You have 3 messages", "You have 4 messages", .counter),
            ("call 3f2504e0-4f89-41d3-9a0c-0305e82c3301 now", "call now", .uuid),
            ("call me", "call me (request 3f2504e0-4f89-41d3-9a0c-0305e82c3301)", .uuid),
            ("Today is 2026-11-25. Be brief.", "Be brief.", .timestamp),
            ("It is 2026-11-25T10:05:31Z.", "It is late.", .timestamp),
            ("We begin in May.", "We begin soon.", .text),
            ("On 2026-11-25 \(String(repeating: "much was said ", count: 20))", "Nothing", .text),
            ("a\\nb", "a b", .whitespace), ("ab", "abc", .text), ("v1a", "v2a", .text),
        ])
    func looks(one: String, other: String, kind: DifferenceKind) throws {
        let found = try diff(Bodies.with("It is a fine day.", one), Bodies.with("It is a fine day.", other))
        #expect(found.firstDifference?.kind == kind)
        #expect(found.firstDifference?.path == "system.1.text")
    }

    @Test(
        "What the cache does not see is told, and does not count",
        arguments: [
            (#""max_tokens":100"#, #""max_tokens":0,"stream":true"#, DifferenceKind.notSeen, "max_tokens"),
            (#""max_tokens":100"#, #""max_tokens":100,"metadata":{"user_id":"u"}"#, .notSeen, "metadata"),
            (
                #""max_tokens":100,"temperature":0.5"#, #""temperature":0.5,"max_tokens":100"#, .orderOfKeys,
                "max_tokens"
            ),
            (#""text":"Be brief.""#, #" "text" : "Be brief.""#, .whitespace, "system.0"),
            ("Be brief.", #"\u0042e brief."#, .escapes, "system.0"),
            (
                #""It is a fine day.","cache_control":{"type":"ephemeral"}"#,
                #""It is a fine day.","cache_control":{"type":"ephemeral","ttl":"1h"}"#, .markerOnly,
                "system.1.cache_control"
            ),
            (
                #""text":"Be brief."}"#, #""text":"Be brief.","cache_control":{"type":"ephemeral"}}"#, .markerOnly,
                "system.0.cache_control"
            ),
            (#""Behind.""#, #""Further behind.""#, .text, "messages.2.content.1.text"),
        ])
    func unseen(part: String, other: String, kind: DifferenceKind, path: String) throws {
        let found = try diff(Bodies.base, Bodies.with(part, other))
        #expect(found.isSame)
        #expect(found.lost.isEmpty)
        let first = try #require(found.firstDifference)
        #expect(first.kind == kind)
        #expect(first.path == path)
        #expect(!first.counts)
    }

    @Test("A marker alone loses what no later one reaches")
    func markerLost() throws {
        let unmarked = Bodies.base.replacing("," + Bodies.mark, with: "")
        let found = try diff(Bodies.base, unmarked)
        #expect(!found.isSame)
        #expect(found.lost.count == 3)
        #expect(found.firstDifference?.kind == .markerOnly)
        #expect(found.firstDifference?.counts == true)
    }

    @Test("A conversation that goes on loses nothing, and says where it goes on")
    func growth() throws {
        let short =
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a",\#(Bodies.mark)}]}]}"#
        let long =
            #"{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},"#
            + #"{"role":"user","content":[{"type":"text","text":"c",\#(Bodies.mark)}]}]}"#
        let found = try diff(short, long)
        #expect(found.surviving.count == 1 && found.lost.isEmpty)
        #expect(found.firstDifference?.kind == .added)
        #expect(found.firstDifference?.path == "messages.1")
        #expect(found.rewrittenTokens == 0)
    }

    @Test("A read looks back twenty positions and no further", arguments: [19, 20])
    func lookback(added: Int) throws {
        func body(_ extra: Int) -> String {
            let blocks = (0...extra).map { number in
                #"{"type":"text","text":"\#(number)"\#(number == extra ? "," + Bodies.mark : "")}"#
            }
            return #"{"model":"m","messages":[{"role":"user","content":[\#(blocks.joined(separator: ","))]}]}"#
        }
        #expect(try diff(body(0), body(added)).surviving.count == (added < 20 ? 1 : 0))
    }
}
