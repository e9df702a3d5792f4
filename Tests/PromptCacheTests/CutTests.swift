import PromptCache
import Testing

@Suite("A request is cut after a breakpoint and stays valid")
struct CutTests {
    private static let marker = #""cache_control":{"type":"ephemeral"}"#

    private func cut(_ body: String) throws -> (text: String, keeps: Bool) {
        let request = try MessagesRequest(Array(body.utf8))
        let prefix = try #require(request.prefixes(in: RequestContext()).first)
        let bytes = try request.truncated(after: prefix.breakpoint)
        let key = try MessagesRequest(bytes).lastPrefix(in: RequestContext())?.key
        return (String(decoding: bytes, as: UTF8.self), key == prefix.key)
    }

    @Test("Behind the system prompt a placeholder stands for the messages")
    func system() throws {
        let result = try cut(
            #"{"model":"m","system":[{"type":"text","text":"s",\#(Self.marker)},{"type":"text","text":"day"}],"messages":[{"role":"user","content":"q"}]}"#
        )
        #expect(result.keeps)
        #expect(!result.text.contains("day") && result.text.contains(#""messages":[{"role":"user","content":"warm"}]"#))
    }

    @Test("Behind the tools the system prompt and the choice of tool go too")
    func tools() throws {
        let result = try cut(
            #"{"model":"m","tool_choice":{"type":"tool","name":"t"},"tools":[{"name":"t",\#(Self.marker)},{"name":"u"}],"system":"s","messages":[{"role":"user","content":"q"}]}"#
        )
        #expect(result.keeps)
        #expect(
            !result.text.contains("system") && !result.text.contains("tool_choice") && !result.text.contains(#""u""#))
    }

    @Test("Calls of tools before the cut get their results")
    func toolUse() throws {
        let result = try cut(
            #"{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"n","input":{},\#(Self.marker)}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"secret"}]}]}"#
        )
        #expect(result.keeps)
        #expect(result.text.contains(#""tool_use_id":"t1","content":"warm""#) && !result.text.contains("secret"))
    }

    @Test("An automatic breakpoint becomes a marker of its own, also on a string")
    func automatic() throws {
        let result = try cut(#"{"model":"m",\#(Self.marker),"messages":[{"role":"user","content":"q"}]}"#)
        #expect(result.keeps)
        #expect(
            result.text
                == #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"q","cache_control":{"type":"ephemeral"}}]}]}"#
        )
    }

    @Test("Asked for another lifetime all markers change, wherever they stand, and the keys do not")
    func lifetimes() throws {
        let body = """
            {"model":"m","tools":[{"name":"t","cache_control":{"ttl":"1h", "type":"ephemeral"}}],"system":[{"type":"text",\
            "text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"tool_result",\
            "tool_use_id":"x","content":[{"type":"text","text":"r","cache_control":{"type":"ephemeral"}}]}]}]}
            """
        let request = try MessagesRequest(Array(body.utf8))
        for lifetime in Lifetime.allCases {
            let other = try MessagesRequest(request.asking(for: lifetime))
            #expect(other.breakpoints.map(\.lifetime) == request.breakpoints.map { _ in lifetime })
            #expect(
                other.prefixes(in: RequestContext()).map(\.key) == request.prefixes(in: RequestContext()).map(\.key))
        }
        #expect(
            try MessagesRequest(request.asking(for: .oneHour)).asking(for: .oneHour) == request.asking(for: .oneHour))
    }
}
