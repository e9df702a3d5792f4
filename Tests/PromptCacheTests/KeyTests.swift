import PromptCache
import Testing

@Suite("Equal keys mean that the provider shares the entry")
struct KeyTests {
    private static let base =
        #"{"model":"m","max_tokens":5,"system":[{"type":"text","text":"a b","cache_control":{"type":"ephemeral"}}],"#
        + #""messages":[{"role":"user","content":[{"type":"text","text":"q","cache_control":{"type":"ephemeral"}}]}]}"#

    /// The keys of the system's and the messages' prefix.
    private func keys(_ body: String, _ context: RequestContext = RequestContext()) throws -> [PrefixKey] {
        try MessagesRequest(Array(body.utf8)).prefixes(in: context).map(\.key)
    }

    private func changed(_ part: String, to other: String) -> String {
        Self.base.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
    }

    @Test(
        "What the cache does not see does not count",
        arguments: [
            (#""max_tokens":5"#, #""max_tokens":0,"stream":true,"metadata":{"user_id":"u"}"#),
            (#"{"type":"ephemeral"}"#, #"{"type":"ephemeral","ttl":"1h"}"#),
            (#""model":"m","max_tokens":5"#, #""max_tokens":5,"model":"m""#),
            (#""text":"a b""#, #" "text" : "a\u0020b" "#),
            (#""max_tokens":5"#, #""max_tokens":5,"diagnostics":{"previous_message_id":"x"}"#),
        ])
    func equal(part: String, other: String) throws {
        #expect(try keys(changed(part, to: other)) == keys(Self.base))
    }

    @Test(
        "What may be another entry has another key, from the part on that it decides over",
        arguments: [
            ("a b", "a  b", 0), (#""model":"m""#, #""model":"n""#, 0),
            (#""type":"text","text":"a b""#, #""text":"a b","type":"text""#, 0),
            (#""max_tokens":5"#, #""max_tokens":5,"thinking":{"type":"adaptive"}"#, 0),
            (#""max_tokens":5"#, #""max_tokens":5,"heard_of_never":1"#, 0),
            (#""max_tokens":5"#, #""max_tokens":5,"speed":"fast""#, 0),
            (#""max_tokens":5"#, #""max_tokens":5,"tool_choice":{"type":"auto"}"#, 1),
            (#""text":"q""#, #""text":"r""#, 1),
        ])
    func different(part: String, other: String, firstLost: Int) throws {
        let (old, new) = (try keys(Self.base), try keys(changed(part, to: other)))
        for position in old.indices { #expect((old[position] == new[position]) == (position < firstLost)) }
    }

    @Test("Endpoint and beta headers are part of it, the order of beta headers is not")
    func context() throws {
        let plain = try keys(Self.base)
        #expect(try keys(Self.base, RequestContext(endpoint: "https://eu.example")) != plain)
        #expect(try keys(Self.base, RequestContext(betas: ["x"])) != plain)
        #expect(
            try keys(Self.base, RequestContext(betas: ["x", "y"]))
                == keys(Self.base, RequestContext(betas: ["y", "x"])))
    }

    @Test("A string is short for one block of text, and blocks are not their texts joined")
    func shorthand() throws {
        func body(_ system: String) -> String {
            #"{"model":"m","system":\#(system),"messages":[{"role":"user","content":"q"}],"cache_control":{"type":"ephemeral"}}"#
        }
        let short = try keys(body(#""ab""#))
        #expect(try keys(body(#"[{"type":"text","text":"ab"}]"#)) == short)
        #expect(try keys(body(#"[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#)) != short)
    }
}
