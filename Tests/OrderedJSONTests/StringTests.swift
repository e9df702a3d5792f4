import OrderedJSON
import SteppedTime
import Testing

@Suite struct StringTests {
    private func decoded(_ text: [UInt8]) throws -> [UInt8] { try JSONText(text).root.decodedBytes }

    @Test func `a special byte is seen at every place of a word of eight`() throws {
        let specials: [(written: String, meant: String)] = [
            (#"\""#, "\""), (#"\\"#, "\\"), (#"\n"#, "\n"), ("é", "é"), ("€", "€"), ("😀", "😀"), ("\u{7F}", "\u{7F}"),
            (#"\u0000"#, "\0"), (" ", " "), ("!", "!"), ("#", "#"), ("[", "["), ("]", "]"),
        ]
        for special in specials {
            for before in 0...17 {
                for after in 0...9 {
                    let (head, tail) = (String(repeating: "a", count: before), String(repeating: "z", count: after))
                    let text = Array("\"\(head)\(special.written)\(tail)\"".utf8)
                    #expect(try decoded(text) == Array("\(head)\(special.meant)\(tail)".utf8))
                }
            }
        }
    }

    @Test func `a control character, a stray byte or the end is seen at every place of a word of eight`() throws {
        for before in 0...17 {
            for after in 0...9 {
                let head = [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "a"), count: before)
                let tail = [UInt8](repeating: UInt8(ascii: "z"), count: after)
                for bad in [0x00, 0x01, 0x0A, 0x1F, 0x80, 0xFF] as [UInt8] {
                    let text = head + [bad] + tail + [UInt8(ascii: "\"")]
                    let fault = try #require(throws: JSONFault.self) { try JSONText(text) }
                    #expect(fault.offset == head.count)
                }
                let open = try #require(throws: JSONFault.self) { try JSONText(head + tail) }
                #expect(open.offset == head.count + tail.count)
            }
        }
    }

    @Test func `all pairs of bytes are judged like the standard library and RFC 8259 judge them`() {
        let pairs = (0...255).flatMap { first in (0...255).map { [UInt8(first), UInt8($0)] } }
        let judgedOtherwise = pairs.filter { pair in
            let text = [UInt8(ascii: "\"")] + pair + [UInt8(ascii: "\"")]
            return ((try? JSONText(text)) != nil) != (NaiveJSON(text) != nil)
        }
        #expect(judgedOtherwise == [])
    }

    @Test(
        arguments: [
            ([0xC2, 0x80], true), ([0xDF, 0xBF], true), ([0xE0, 0xA0, 0x80], true), ([0xED, 0x9F, 0xBF], true),
            ([0xEE, 0x80, 0x80], true), ([0xEF, 0xBF, 0xBF], true), ([0xF0, 0x90, 0x80, 0x80], true),
            ([0xF4, 0x8F, 0xBF, 0xBF], true), ([0xC0, 0x80], false), ([0xC1, 0xBF], false), ([0xC2], false),
            ([0xC2, 0x41], false), ([0xE0, 0x9F, 0xBF], false), ([0xE0, 0xA0], false), ([0xE1, 0x80, 0xC0], false),
            ([0xED, 0xA0, 0x80], false), ([0xED, 0xBF, 0xBF], false), ([0xF0, 0x8F, 0xBF, 0xBF], false),
            ([0xF4, 0x90, 0x80, 0x80], false), ([0xF5, 0x80, 0x80, 0x80], false), ([0xF1, 0x80, 0x80], false),
            ([0xF1, 0x80, 0x80, 0x41], false), ([0xF1, 0x80, 0x41, 0x80], false), ([0xFE], false), ([0xFF], false),
            ([0x80], false), ([0xBF], false),
        ] as [([UInt8], Bool)])
    func `byte sequences are well formed as Unicode says, and a fault is put on their first byte`(
        sequence: [UInt8], isWellFormed: Bool
    ) throws {
        let text = Array("\"ab".utf8) + sequence + Array("\"".utf8)
        if isWellFormed {
            #expect(try decoded(text) == Array("ab".utf8) + sequence)
        } else {
            let fault = try #require(throws: JSONFault.self) { try JSONText(text) }
            #expect(fault.offset == 3)
        }
    }

    @Test func `escapes are decoded`() throws {
        let text = Array(#""\" \\ \/ \b \f \n \r \t \u0041 \u00E9 \u20ac \ud83d\uDE00""#.utf8)
        #expect(try JSONText(text).root.string == "\" \\ / \u{8} \u{C} \n \r \t A é € 😀")
    }

    @Test func `lone surrogates stay apart as bytes and become one replacement character as text`() throws {
        let texts = [#""\ud800""#, #""\ud801""#, #""\udc00""#, #""\udc00\ud800""#, #""\ud800\ud800\udc00""#]
        #expect(Set(try texts.map { try decoded(Array($0.utf8)) }).count == texts.count)
        #expect(try JSONText(Array(#""a\ud800b""#.utf8)).root.string == "a\u{FFFD}b")
        #expect(try JSONText(Array(#""\ud800\ud83d\ude00""#.utf8)).root.string == "\u{FFFD}😀")
        #expect(try JSONText(Array(#""\ud800\u0041""#.utf8)).root.string == "\u{FFFD}A")
        #expect(try JSONText(Array(#""\ud800\\udc00""#.utf8)).root.string == "\u{FFFD}\\udc00")
    }

    @Test func `a literal made of a string reads as that string`() throws {
        var random = SeededRandom(seed: 4)
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init) + ["€", "日", "😀", "\u{2028}", "\u{FFFF}"]
        for _ in 0..<500 {
            var string = ""
            for _ in 0..<20 { string.unicodeScalars.append(random.pick(scalars)) }
            #expect(try JSONText(string.jsonLiteral).root.decodedBytes == Array(string.utf8))
        }
    }
}
