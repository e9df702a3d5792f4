import PromptCache
import Testing

@Suite struct MarkerCheckTests {
    private let rules = CacheRules(for: ModelID("claude-sonnet-5-5"))

    private func check(_ members: String) throws -> RequestFault? {
        let body = try request(#"{"model":"claude-sonnet-5-5",\#(members)}"#)
        do {
            try body.checkMarkers(rules)
            return nil
        } catch {
            return error
        }
    }

    /// System blocks with these lifetimes; nil for one without a marker.
    private func system(_ lifetimes: [Lifetime?]) -> String {
        let blocks = lifetimes.enumerated().map { position, lifetime in
            let marker = lifetime.map { #","cache_control":{"type":"ephemeral","ttl":"\#($0.rawValue)"}"# } ?? ""
            return #"{"type":"text","text":"block \#(position)"\#(marker)}"#
        }
        return #""system":[\#(blocks.joined(separator: ","))]"#
    }

    private let automatic = #""cache_control":{"type":"ephemeral"}"#
    private let hourly = #""cache_control":{"type":"ephemeral","ttl":"1h"}"#

    @Test func `four markers are allowed and five are not`() throws {
        #expect(try check(system([.oneHour, .oneHour, .fiveMinutes, .fiveMinutes])) == nil)
        let fault = try #require(try check(system(Array(repeating: .fiveMinutes, count: 5))))
        #expect(fault.reason.contains("at most 4"))
        #expect(fault.reason.contains("found 5"))
        #expect(fault.reason.contains("remove 1"))
    }

    @Test func `the automatic one takes one of the four, unless its block has its own`() throws {
        let four = Array(repeating: Lifetime?.some(.fiveMinutes), count: 4)
        #expect(try check(system(four + [nil]) + "," + automatic) != nil)
        #expect(try check(system(four) + "," + automatic) == nil)
        #expect(try check(system(four.dropLast() + [nil]) + "," + automatic) == nil)
    }

    @Test func `nested markers count among the four`() throws {
        let inner = Array(repeating: #"{"type":"text","text":"a",\#(automatic)}"#, count: 5).joined(separator: ",")
        let fault = try check(
            #""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[\#(inner)]}]}]"#)
        #expect(fault?.reason.contains("found 5") == true)
    }

    @Test func `an hour must not come after five minutes`() throws {
        let fault = try #require(try check(system([.fiveMinutes, nil, .oneHour])))
        #expect(fault.path == "system.2")
        #expect(fault.reason.contains("system.0"))
        #expect(try check(system([.oneHour, .fiveMinutes])) == nil)
        #expect(try check(system([.fiveMinutes, nil]) + "," + hourly)?.path == "cache_control")
        #expect(try check(system([.oneHour, nil]) + "," + automatic) == nil)
    }

    @Test func `the order is that of the cache, not of the document`() throws {
        let tools = #""tools":[{"name":"n","cache_control":{"type":"ephemeral"}}]"#
        #expect(try check(system([.oneHour]) + "," + tools)?.path == "system.0")
    }

    @Test func `the automatic one must agree with the marker of its block`() throws {
        #expect(try check(system([.oneHour]) + "," + automatic)?.path == "cache_control")
        #expect(try check(system([.oneHour]) + "," + hourly) == nil)
    }

    @Test(
        arguments: [
            (#"{"type":"text","text":"","#, "empty text"),
            (#"{"type":"thinking","thinking":"h","signature":"s","#, "thinking"),
            (#"{"type":"redacted_thinking","data":"d","#, "redacted_thinking"),
        ])
    func `blocks that may bear no marker are named`(block: String, word: String) throws {
        let fault = try #require(
            try check(
                #""messages":[{"role":"assistant","content":[{"type":"text","text":"a"},\#(block)\#(automatic)}]}]"#))
        #expect(fault.path == "messages.0.content.1")
        #expect(fault.reason.contains(word))
    }

    @Test func `a request without markers is fine`() throws {
        #expect(try check(system([nil])) == nil)
    }
}
