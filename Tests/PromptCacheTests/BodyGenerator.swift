import SteppedTime

/// Makes valid bodies whose `max_tokens` and `stream` stand first, in the middle, last or nowhere, and breaks them.
struct BodyGenerator {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func body() -> [UInt8] {
        var members = [
            member("model", #""claude-sonnet-5-5""#),
            member("messages", #"[{"role":"user","content":[\#(text()),\#(text(marked: true))]},\#(answer)]"#),
        ]
        if random.chance(70) { members.append(member("system", "[\(text()),\(text(marked: true))]")) }
        if random.chance(40) { members.append(member("tools", #"[{"name":"n","input_schema":{"stream":true}}]"#)) }
        if random.chance(30) { members.append(member("metadata", #"{"stream":true,"max_tokens":5}"#)) }
        if random.chance(30) { members.append(member("temperature", "0.50")) }
        members.shuffle(using: &random)
        for (name, values) in [("max_tokens", ["1", "4096", "0", "32000"]), ("stream", ["true", "false", "null"])] {
            let value = random.pick(values)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: members.insert(member(name, value), at: 0)
            case 1: members.insert(member(name, value), at: Int.random(in: 0...members.count, using: &random))
            case 2: members.append(member(name, value))
            default: break
            }
        }
        return Array("\(space()){\(members.joined(separator: ","))}\(space())".utf8)
    }

    /// One to three bytes changed, lost or put in.
    mutating func mutated(_ body: [UInt8]) -> [UInt8] {
        var out = body
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0..<out.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: out[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: out[at] = UInt8.random(in: 0x20..<0x7F, using: &random)
            case 2: out.remove(at: at)
            default: out.insert(random.pick(Array("\"\\{}[],: 0a".utf8)), at: at)
            }
        }
        return out
    }

    private let answer = #"{"role":"assistant","content":"\"stream\":true,\\"}"#

    private mutating func member(_ name: String, _ value: String) -> String {
        let spelled = random.chance(10) ? name.replacing("s", with: #"\u0073"#) : name
        return #"\#(space())"\#(spelled)"\#(space()):\#(space())\#(value)\#(space())"#
    }

    private mutating func space() -> String { random.pick(["", "", "", " ", "\n", "\t  ", "\r\n"]) }

    private mutating func text(marked: Bool = false) -> String {
        let words = random.pick(["plain", #"with \"quotes\" and \\"#, "ümläut 日本", #"\u0041\n"#, "{[,:]}"])
        return #"{"type":"text","text":"\#(words)"\#(marked ? "," + TestRequests.mark : "")}"#
    }
}
