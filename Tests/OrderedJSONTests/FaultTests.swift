import OrderedJSON
import Testing

@Suite struct FaultTests {
    @Test(
        arguments: [
            ("", 0), (" \n", 2), ("x", 0), ("{", 1), ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1),
            ("[1 2]", 3), ("[1}", 2), ("{]", 1), ("{a:1}", 1), ("{'a':1}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5),
            (#"{"a":1,}"#, 7), (#"{"a":1"b":2}"#, 6), (#"{"a" 1}"#, 5), (#"{1:2}"#, 1), (#"{"a":1"#, 6), ("1 1", 2),
            ("nul", 3), ("nulL", 3), ("True", 0), ("truee", 4), ("NaN", 0), ("+1", 0), ("-", 1), ("-a", 1), ("01", 1),
            ("-01", 2), ("1.", 2), ("1.e5", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("0x10", 1), (#""abc"#, 4),
            (#""a\"#, 3), (#""a\x""#, 3), (#""\u12g4""#, 5), (#""\u12"#, 5), (#""\u12""#, 5), ("\"a\tb\"", 2),
            ("\"a\nb\"", 2), ("\"a\0b\"", 2), ("\u{FEFF}{}", 0), ("{}\0", 2), ("[1]//", 3), ("/**/1", 0),
        ])
    func `the offset is that of the first byte that cannot stand there`(text: String, offset: Int) {
        #expect { try JSONText(Array(text.utf8)) } throws: { error in
            (error as? JSONFault)?.offset == offset
        }
    }

    @Test(
        arguments: [
            ("{\n  \"a\": x\n}", 2, 8), ("x", 1, 1), ("", 1, 1), ("[\n\n", 3, 1), ("\"é\" x", 1, 6),
        ])
    func `line and column count from one, the column in bytes`(text: String, line: Int, column: Int) throws {
        let bytes = Array(text.utf8)
        let fault = try #require(throws: JSONFault.self) { try JSONText(bytes) }
        let place = fault.lineAndColumn(in: bytes)
        #expect(place.line == line)
        #expect(place.column == column)
    }

    @Test func `a fault tells what and where in one line`() throws {
        let fault = try #require(throws: JSONFault.self) { try JSONText(Array("[1 2]".utf8)) }
        #expect("\(fault)" == "expected ',' or ']' at byte 3")
    }
}
