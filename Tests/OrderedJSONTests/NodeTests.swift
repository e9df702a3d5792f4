import OrderedJSON
import Testing

@Suite struct NodeTests {
    private func root(_ text: String) throws -> JSONNode { try JSONText(Array(text.utf8)).root }

    @Test func `a key is found however it is spelled`() throws {
        let node = try root(#"{"a":1,"cache\u005fcontrol":2,"\u0063":3,"a\/b":4,"":5}"#)
        #expect(node["cache_control"]?.integer == 2)
        #expect(node["c"]?.integer == 3)
        #expect(node["a/b"]?.integer == 4)
        #expect(node[""]?.integer == 5)
        #expect(node["cache_contro"] == nil)
        #expect(node["cache_control_"] == nil)
    }

    @Test func `of members that stand twice the last one counts, and all are kept`() throws {
        let node = try root(#"{"a":1,"b":2,"\u0061":3}"#)
        #expect(node["a"]?.integer == 3)
        #expect(node.members.map(\.name) == ["a", "b", "a"])
    }

    @Test func `keys are compared by their bytes, not by how they look`() throws {
        let node = try root(#"{"e\u0301":1}"#)
        #expect(node["é"] == nil)
        #expect(node["e\u{301}"]?.integer == 1)
    }

    @Test func `ranges cut out exactly what was written`() throws {
        let text = #" { "a" : [ 1 , "x\n" ] , "b" :{ } } "#
        let node = try root(text)
        let members = Array(node.members)
        #expect(String(decoding: node.text.bytes[members[0].range], as: UTF8.self) == #""a" : [ 1 , "x\n" ]"#)
        #expect(String(decoding: members[1].value.bytes, as: UTF8.self) == "{ }")
        #expect(members[0].value.elements.map { String(decoding: $0.bytes, as: UTF8.self) } == ["1", #""x\n""#])
        #expect(node.range == 1..<text.utf8.count - 1)
    }

    @Test func `a node has no children but those of its own kind`() throws {
        #expect(Array(try root("[1,2]").members.map(\.name)) == [])
        #expect(Array(try root(#"{"a":1}"#).elements).isEmpty)
        #expect(try root(#""text""#)["a"] == nil)
        #expect(try root("[]").isEmpty)
        #expect(try root("{ }").isEmpty)
        #expect(try !root("[[]]").isEmpty)
    }

    @Test func `scalars are given only as what they are`() throws {
        #expect(try root("42").integer == 42)
        #expect(try root("-0").integer == 0)
        #expect(try root("42.0").integer == nil)
        #expect(try root("4e2").integer == nil)
        #expect(try root("9223372036854775808").integer == nil)
        #expect(try root(#""42""#).integer == nil)
        #expect(try root("true").boolean == true)
        #expect(try root("false").boolean == false)
        #expect(try root("0").boolean == nil)
        #expect(try root("null").string == nil)
        #expect(try root(#""""#).string == "")
        #expect(try root("1").decodedBytes == [])
    }

    @Test func `a key that holds NUL is another key`() throws {
        let node = try root(#"{"a\u0000b":1}"#)
        #expect(node["a"] == nil)
        #expect(node["a\0b"]?.integer == 1)
    }
}
