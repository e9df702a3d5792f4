import OrderedJSON
import PromptCache
import PromptInspection
import SteppedTime

func request(_ body: String) throws -> MessagesRequest { try MessagesRequest(Array(body.utf8)) }

func diff(_ a: String, _ b: String) throws -> PromptDiff { PromptDiff(try request(a), try request(b)) }

/// A body with a marker on its tools, its system prompt and its last message.
enum Bodies {
    static let mark = #""cache_control":{"type":"ephemeral"}"#

    static let base = """
        {"model":"claude-sonnet-5-5","max_tokens":100,"temperature":0.5,
         "tools":[{"name":"go","description":"Goes.","input_schema":{"type":"object"}},\
        {"name":"look","input_schema":{"type":"object","properties":{"at":{"type":"string","maxLength":9}}},\(mark)}],
         "system":[{"type":"text","text":"Be brief."},{"type":"text","text":"It is a fine day.",\(mark)}],
         "messages":[{"role":"user","content":"Hello"},{"role":"assistant","content":[{"type":"text","text":"Hi."}]},\
        {"role":"user","content":[{"type":"text","text":"What now?",\(mark)},{"type":"text","text":"Behind."}]}]}
        """

    /// The base with one part of it replaced, which must be there.
    static func with(_ part: String, _ other: String) -> String {
        precondition(base.contains(part), "\(part) is not in the base")
        return base.replacing(part, with: other)
    }
}

/// Makes valid bodies of random shape, the same for the same seed.
struct BodyGenerator {
    var random: SeededRandom
    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func body() -> String {
        let tools = (0..<Int.random(in: 0...4, using: &random)).map { number in
            #"{"name":"tool\#(number)","input_schema":{"type":"object","properties":{"a":{"type":"string"}}}\#(marker(10))}"#
        }
        let system = (0..<Int.random(in: 1...3, using: &random)).map { _ in text() }
        let messages = (0..<Int.random(in: 1...8, using: &random)).map { number in
            let role = number % 2 == 0 ? "user" : "assistant"
            let blocks = (0..<Int.random(in: 1...3, using: &random)).map { _ in text() }
            return #"{"role":"\#(role)","content":[\#(blocks.joined(separator: ","))]}"#
        }
        return #"{"model":"claude-sonnet-5-5","max_tokens":9,"tools":[\#(tools.joined(separator: ","))],"#
            + #""system":[\#(system.joined(separator: ","))],"messages":[\#(messages.joined(separator: ","))]}"#
    }

    private mutating func marker(_ percent: Int) -> String { random.chance(percent) ? "," + Bodies.mark : "" }

    private mutating func text() -> String {
        let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            random.pick(["plain", "wörds", #"\"quoted\""#, #"tab\t"#, #"\u00e9\u0041"#, #"\ud83d\ude00"#, "日本"])
        }
        return #"{"type":"text","text":"\#(words.joined(separator: " "))"\#(marker(25))}"#
    }
}
