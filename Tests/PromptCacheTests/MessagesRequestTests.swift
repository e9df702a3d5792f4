import OrderedJSON
import PromptCache
import Testing

@Suite struct MessagesRequestTests {
    @Test func `the members that matter are read wherever they stand`() throws {
        let body = try request(
            #"{"messages":[],"stream":true,"max_tokens":12,"x":1,"model":"claude-sonnet-4-5-20250929"}"#)
        #expect(body.model.family == "sonnet-4-5")
        #expect(body.maxTokens == 12)
        #expect(body.isStreaming)
        #expect(body["x"]?.integer == 1)
        #expect(body["y"] == nil)
    }

    @Test func `messages, system, tools, max_tokens and stream may be missing`() throws {
        let body = try request(#"{"model":"m"}"#)
        #expect(body.blocks.isEmpty)
        #expect(body.maxTokens == nil)
        #expect(!body.isStreaming)
        #expect(body.breakpoints.isEmpty)
        #expect(body.keys().isEmpty)
    }

    @Test func `blocks come in the cache's order, with their paths and roles`() throws {
        let body = try request(
            """
            {"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"},\
            {"type":"tool_use","id":"t","name":"n","input":{}}]}],"system":"s","tools":[{"name":"n"},\
            {"type":"web_search_20250305","name":"w"}],"model":"m"}
            """)
        #expect(
            body.blocks.map(\.path) == [
                "tools.0", "tools.1", "system", "messages.0.content", "messages.1.content.0", "messages.1.content.1",
            ])
        #expect(
            body.blocks.map(\.type) == ["tool", "web_search_20250305", "text", "text", "text", "tool_use"])
        #expect(body.blocks.map(\.role) == [nil, nil, nil, "user", "assistant", "assistant"])
        #expect(body.blocks.map(\.message) == [nil, nil, nil, 0, 1, 1])
    }

    @Test func `members that are null are as good as absent`() throws {
        let body = try request(
            #"{"model":"m","system":null,"messages":null,"tools":null,"cache_control":null,"stream":null}"#)
        #expect(body.blocks.isEmpty)
        #expect(body.automatic == nil)
    }

    @Test func `the bytes are kept as they came`() throws {
        for text in TestRequests.all.values { #expect(try request(text).bytes == Array(text.utf8)) }
    }

    @Test func `a marker inside a tool result's content counts for the result`() throws {
        let body = try request(
            """
            {"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[\
            {"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"b"}]}]}]}
            """)
        #expect(body.breakpoints.map(\.block) == [0])
        #expect(body.breakpoints.map(\.lifetime) == [.oneHour])
        #expect(body.blocks[0].markers.map(\.path) == ["messages.0.content.0.content.0"])
    }

    @Test(
        arguments: [
            #""tools":[{"name":"n","input_schema":{"type":"object","properties":{"cache_control":{"type":"string"}}}}]"#,
            #""tools":[{"name":"n","input_schema":{"cache_control":{"type":"ephemeral"}}}]"#,
            #""messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"n","input":{"cache_control":7}}]}]"#,
            #""messages":[{"role":"user","content":[{"type":"document","source":{"cache_control":{"type":"ephemeral"}}}]}]"#,
            #""messages":[{"role":"user","content":"{\"cache_control\":{\"type\":\"ephemeral\"}}"}]"#,
            #""metadata":{"cache_control":{"type":"ephemeral"}}"#,
        ])
    func `the name cache_control as data is no marker`(member: String) throws {
        #expect(try request(#"{"model":"m",\#(member)}"#).breakpoints.isEmpty)
    }

    @Test func `a marker is found however its name is spelled`() throws {
        let body = try request(
            #"{"model":"m","system":[{"type":"text","text":"s","cache\u005fcontrol":{"type":"ephemeral"}}]}"#)
        #expect(body.breakpoints.map(\.path) == ["system.0"])
    }
}
