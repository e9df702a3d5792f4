import OrderedJSON
import SteppedTime
import Testing

@Suite struct RemovalTests {
    private let spaces = ["", " ", "\n\t", " \r\n "]

    /// Up to six items, each told by its bits whether it goes.
    private func everyChoice(_ body: (_ count: Int, _ isRemoved: (Int) -> Bool) throws -> Void) rethrows {
        for count in 0...6 {
            for choice in 0..<(1 << count) { try body(count) { choice >> $0 & 1 == 1 } }
        }
    }

    @Test func `every choice of members can be taken out, whatever the white space`() throws {
        var random = SeededRandom(seed: 6)
        try everyChoice { count, isRemoved in
            let space = { random.pick(spaces) }
            let members = (0..<count).map { #"\#(space())"k\#($0)"\#(space()):\#(space())[\#($0),"}"]\#(space())"# }
            let text = try JSONText(Array("\(space()){\(space())\(members.joined(separator: ","))}\(space())".utf8))
            let edited = try JSONText(text.splicing(text.root.removingMembers { isRemoved(Int($0.name.dropFirst())!) }))
            let expected = text.root.members.filter { !isRemoved(Int($0.name.dropFirst())!) }
            #expect(
                edited.root.members.map { Array(edited.bytes[$0.range]) }
                    == expected.map { Array(text.bytes[$0.range]) })
            #expect(edited.bytes.first == text.bytes.first && edited.bytes.last == text.bytes.last)
        }
    }

    @Test func `every choice of elements can be taken out, whatever the white space`() throws {
        var random = SeededRandom(seed: 7)
        try everyChoice { count, isRemoved in
            let space = { random.pick(spaces) }
            let elements = (0..<count).map { #"\#(space()){"n":\#($0)}\#(space())"# }
            let text = try JSONText(Array("[\(space())\(elements.joined(separator: ","))]".utf8))
            let edited = try JSONText(text.splicing(text.root.removingElements { position, _ in isRemoved(position) }))
            let expected = (0..<count).filter { !isRemoved($0) }
            #expect(edited.root.elements.map { $0["n"]?.integer } == expected)
        }
    }

    @Test func `each goes with one comma and the white space beside it`() throws {
        let text = try JSONText(Array("[ 1 , 2 , 3 ]".utf8))
        func without(_ removed: Set<Int>) -> String {
            String(
                decoding: text.splicing(text.root.removingElements { position, _ in removed.contains(position) }),
                as: UTF8.self)
        }
        #expect(without([0]) == "[ 2 , 3 ]")
        #expect(without([1]) == "[ 1 , 3 ]")
        #expect(without([2]) == "[ 1 , 2 ]")
        #expect(without([0, 2]) == "[ 2 ]")
        #expect(without([0, 1, 2]) == "[  ]")
        #expect(without([]) == "[ 1 , 2 , 3 ]")
    }

    @Test func `removing and setting go together`() throws {
        for text in [#"{"s":1,"m":2,"x":3}"#, #"{"m":2,"s":1,"x":3}"#, #"{"x":3,"s":1}"#, #"{ "s":1 , "x":3 }"#] {
            let before = try JSONText(Array(text.utf8))
            let splices = before.root.setting("m", to: "0") + before.root.removingMembers { $0.hasKey("s") }
            let after = try JSONText(before.splicing(splices)).root
            #expect(after["m"]?.integer == 0)
            #expect(after["s"] == nil)
            #expect(after["x"]?.integer == 3)
        }
    }

    @Test func `nothing is removed from what has no members or elements`() throws {
        let text = try JSONText(Array("[1]".utf8))
        #expect(text.root.removingMembers { _ in true }.isEmpty)
        #expect(text.root.removingElements { _, _ in false }.isEmpty)
    }
}
