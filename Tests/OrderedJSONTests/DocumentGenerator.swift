import Mutations
import SteppedTime

/// Makes JSON texts with everything in them that is allowed, and breaks them.
struct DocumentGenerator {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func document() -> [UInt8] {
        var out: [UInt8] = []
        space(&out)
        value(&out, depth: 0)
        space(&out)
        return out
    }

    mutating func mutated(_ document: [UInt8]) -> [UInt8] {
        random.mutated(document, marks: "{}[],:\"\\/ 0-.eEu\0\u{1F}tfn")
    }

    mutating func space(_ out: inout [UInt8]) {
        while random.chance(15) { out.append(random.pick([0x20, 0x09, 0x0A, 0x0D])) }
    }

    mutating func value(_ out: inout [UInt8], depth: Int) {
        let kinds = depth > 5 ? 4 : 6
        switch Int.random(in: 0..<kinds, using: &random) {
        case 0, 1: string(&out)
        case 2: out += Array(number().utf8)
        case 3: out += Array(random.pick(["true", "false", "null"]).utf8)
        case 4: list(&out, "[", "]", depth: depth, isObject: false)
        default: list(&out, "{", "}", depth: depth, isObject: true)
        }
    }

    private mutating func list(_ out: inout [UInt8], _ open: String, _ close: String, depth: Int, isObject: Bool) {
        out += Array(open.utf8)
        for position in 0..<Int.random(in: 0...4, using: &random) {
            if position > 0 { out.append(UInt8(ascii: ",")) }
            space(&out)
            if isObject {
                string(&out)
                space(&out)
                out.append(UInt8(ascii: ":"))
                space(&out)
            }
            value(&out, depth: depth + 1)
            space(&out)
        }
        space(&out)
        out += Array(close.utf8)
    }

    mutating func number() -> String {
        random.pick([
            "0", "-0", "7", "-12", "1.50", "0.0", "1e5", "1E+05", "-2.5e-3", "123456789012345678901234567890",
            String(Int.random(in: -5000...5000, using: &random)),
        ])
    }

    mutating func string(_ out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let piece = random.pick([
                "a", "plain text of some length", "é", "日本", "😀", "\u{7F}", #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u0041"#,
                #"\u00e9"#, #"\ud83d\ude00"#, #"\uD800"#, #"\udc00x"#, #"\u0000"#, "{", "]", ":", ",",
            ])
            out += Array(piece.utf8)
        }
        out.append(UInt8(ascii: "\""))
    }
}
