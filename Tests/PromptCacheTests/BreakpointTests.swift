import PromptCache
import Testing

@Suite struct BreakpointTests {
    private func breakpoints(_ members: String) throws -> [Breakpoint] {
        try request(#"{"model":"m",\#(members)}"#).breakpoints
    }

    @Test func `explicit markers become breakpoints in the cache's order`() throws {
        let found = try request(TestRequests.all["messages first"]!).breakpoints
        #expect(found.map(\.path) == ["tools.1", "system.1", "messages.1.content.0"])
        #expect(found.map(\.lifetime) == [.oneHour, .oneHour, .fiveMinutes])
        #expect(found.map(\.isAutomatic) == [false, false, false])
    }

    @Test func `the automatic one lands on the last block`() throws {
        let found = try breakpoints(
            #""cache_control":{"type":"ephemeral","ttl":"1h"},"messages":[{"role":"user","content":"a"},"#
                + #"{"role":"assistant","content":"b"},{"role":"user","content":"c"}]"#)
        #expect(found.map(\.path) == ["messages.2.content"])
        #expect(found[0].isAutomatic)
        #expect(found[0].lifetime == .oneHour)
    }

    @Test(
        arguments: [
            #"{"type":"thinking","thinking":"h","signature":"s"}"#, #"{"type":"redacted_thinking","data":"d"}"#,
            #"{"type":"text","text":""}"#,
        ])
    func `the automatic one walks back over what may bear no marker`(last: String) throws {
        let found = try breakpoints(
            #""cache_control":{"type":"ephemeral"},"messages":[{"role":"user","content":"a"},"#
                + #"{"role":"assistant","content":[{"type":"text","text":"b"},\#(last),\#(last)]}]"#)
        #expect(found.map(\.path) == ["messages.1.content.0"])
    }

    @Test func `the automatic one walks back into system and tools`() throws {
        let auto = #""cache_control":{"type":"ephemeral"}"#
        #expect(
            try breakpoints(#"\#(auto),"system":"s","messages":[{"role":"user","content":""}]"#).map(\.path)
                == ["system"])
        #expect(try breakpoints(#"\#(auto),"system":"","tools":[{"name":"n"}]"#).map(\.path) == ["tools.0"])
        #expect(try breakpoints(#"\#(auto),"system":"","messages":[]"#).isEmpty)
    }

    @Test func `the automatic one adds nothing where its block is marked already`() throws {
        let found = try breakpoints(
            #""cache_control":{"type":"ephemeral"},"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}]"#
        )
        #expect(found.count == 1)
        #expect(!found[0].isAutomatic)
    }

    @Test func `the automatic one stands behind all explicit ones`() throws {
        let found = try breakpoints(
            #""cache_control":{"type":"ephemeral"},"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"#
                + #""messages":[{"role":"user","content":"a"}]"#)
        #expect(found.map(\.isAutomatic) == [false, true])
    }
}
