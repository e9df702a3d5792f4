import OrderedJSON
import SteppedTime
import Testing

@Suite struct SpliceTests {
    @Test func `bytes outside the splices are the same as before`() throws {
        var generator = DocumentGenerator(seed: 5)
        for _ in 0..<2000 {
            let document = generator.document()
            let text = try JSONText(document)
            var borders = (0..<8).map { _ in Int.random(in: 0...document.count, using: &generator.random) }.sorted()
            if generator.random.chance(30) { borders[1] = borders[0] }
            let ranges = stride(from: 0, to: 8, by: 2).map { borders[$0]..<borders[$0 + 1] }
            let replacements = ranges.map { range in [UInt8](repeating: 0xAA, count: range.count % 5) }
            let splices = zip(ranges, replacements).map { Splice($0, with: $1) }

            // Done one by one from the end, as one would by hand.
            var expected = document
            for splice in splices.reversed() { expected.replaceSubrange(splice.range, with: splice.replacement) }
            #expect(text.splicing(splices) == expected)
            #expect(text.splicing([]) == document)
        }
    }

    @Test func `splices may come in any order, and insertions at one place keep theirs`() throws {
        let text = try JSONText(Array("[1,2,3]".utf8))
        let splices = [
            Splice(5..<6, with: "c"), Splice(1..<1, with: "x"), Splice(1..<2, with: "a"), Splice(1..<1, with: "y"),
            Splice(7..<7, with: "!"),
        ]
        #expect(String(decoding: text.splicing(splices), as: UTF8.self) == "[xya,2,c]!")
    }

    @Test(
        arguments: [
            (#"{}"#, #"{"n":0}"#), (#"{ }"#, #"{"n":0 }"#), (#"{"a":1}"#, #"{"n":0,"a":1}"#),
            (#"{ "a":1}"#, #"{"n":0, "a":1}"#), (#"{"n":12}"#, #"{"n":0}"#),
            (#"{"a":1, "n" : 12 }"#, #"{"a":1, "n" : 0 }"#),
            (#"{"\u006e":[1,{}],"b":2}"#, #"{"\u006e":0,"b":2}"#), (#"{"n":1,"n":2}"#, #"{"n":0,"n":0}"#),
        ])
    func `a member is set in its place, or first where there is none`(before: String, after: String) throws {
        let text = try JSONText(Array(before.utf8))
        #expect(String(decoding: text.splicing(text.root.setting("n", to: "0")), as: UTF8.self) == after)
    }

    @Test func `a key to be set is escaped where it must be`() throws {
        let text = try JSONText(Array("{}".utf8))
        #expect(String(decoding: text.splicing(text.root.setting("a\"\n", to: "0")), as: UTF8.self) == #"{"a\"\n":0}"#)
    }
}
