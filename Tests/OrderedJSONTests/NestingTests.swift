import OrderedJSON
import Testing

@Suite struct NestingTests {
    private func nested(_ depth: Int) -> [UInt8] {
        Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }

    @Test func `values may nest as deep as the bound and no deeper`() throws {
        _ = try JSONText(nested(JSONText.defaultMaximumDepth))
        let fault = try #require(throws: JSONFault.self) { try JSONText(nested(JSONText.defaultMaximumDepth + 1)) }
        #expect(fault.offset == JSONText.defaultMaximumDepth)
        #expect(fault.reason.contains("256"))
    }

    @Test func `the bound can be chosen and counts objects and arrays alike`() throws {
        _ = try JSONText(Array(#"{"a":[1]}"#.utf8), maximumDepth: 2)
        #expect(throws: JSONFault.self) { try JSONText(Array(#"{"a":[[1]]}"#.utf8), maximumDepth: 2) }
        _ = try JSONText(Array("1".utf8), maximumDepth: 0)
        #expect(throws: JSONFault.self) { try JSONText(Array("[]".utf8), maximumDepth: 0) }
    }

    @Test func `the bound is on what is open at once, not on how much there is`() throws {
        let flat = "[" + Array(repeating: "[{}]", count: 1000).joined(separator: ",") + "]"
        let text = try JSONText(Array(flat.utf8), maximumDepth: 3)
        #expect(Array(text.root.elements).count == 1000)
    }

    @Test func `a million open brackets are refused at once and without a crash`() {
        #expect(throws: JSONFault.self) { try JSONText(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
    }
}
