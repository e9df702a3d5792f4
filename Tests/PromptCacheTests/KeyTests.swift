import PromptCache
import Testing

@Suite("Equal keys mean that the provider shares the entry")
struct KeyTests {
    enum Kind: CaseIterable {
        case lasting, passing

        var made: PrefixKey.Kind { self == .lasting ? .lasting : .passingInTests }
    }

    private static let base =
        #"{"model":"m","max_tokens":5,"system":[{"type":"text","text":"a b","cache_control":{"type":"ephemeral"}}],"#
        + #""messages":[{"role":"user","content":[{"type":"text","text":"q","cache_control":{"type":"ephemeral"}}]}]}"#

    /// The keys of the system's and the messages' prefix.
    private func keys(
        _ body: String, _ kind: Kind, _ context: RequestContext = RequestContext()
    ) throws -> [PrefixKey] {
        let request = try MessagesRequest(Array(body.utf8))
        let rules = CacheRules(minimumTokens: 1)
        return RememberedTrail(request, in: context, rules: rules, keys: kind.made).trail.prefixes.map(\.key)
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
            (#","cache_control":{"type":"ephemeral"}}]}]"#, #"}]}],"cache_control":{"type":"ephemeral"}"#),
            (#""role":"user""#, #""r\u006fle" : "us\u0065r""#),
            (
                #"[{"type":"text","text":"q","cache_control":{"type":"ephemeral"}}]"#,
                #"[{"type":"text","cache_control":{"type":"ephemeral"},"text":"q"}]"#
            ),
        ], Kind.allCases)
    func equal(change: (part: String, other: String), kind: Kind) throws {
        #expect(try keys(changed(change.part, to: change.other), kind) == keys(Self.base, kind))
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
            (#""text":"q""#, #""text":"r""#, 1), (#""role":"user""#, #""role":"assistant""#, 1),
            (#""role":"user""#, #""role":"system""#, 1), (#""role":"user""#, #""role":"user","name":"n""#, 1),
        ], Kind.allCases)
    func different(change: (part: String, other: String, firstLost: Int), kind: Kind) throws {
        let (old, new) = (try keys(Self.base, kind), try keys(changed(change.part, to: change.other), kind))
        for position in old.indices { #expect((old[position] == new[position]) == (position < change.firstLost)) }
    }

    @Test(
        "Lasting keys are the same in every version",
        arguments: [
            (Self.base, "80dd7a8078cee3346380f451f99c74141eca930b1fe1dc6c3942789ccfb45735"),
            (
                #"{"model":"m","thinking":{"type":"adaptive"},"tools":[{"name":"t","input_schema":{"type":"object"}}],"#
                    + #""system":"s \u00e9","messages":[{"content":"q","role":"user","name":"n"},{"role":"assistant","#
                    + #""content":[{"type":"tool_use","id":"i","name":"t","input":{"cache_control":1}}]},{"role":"user","#
                    + #""content":[{"type":"tool_result","tool_use_id":"i","content":[{"type":"text","text":"r","#
                    + #""cache_control":{"type":"ephemeral"}}]}]}]}"#,
                "3a54d59e16b7d7acea197aed41ac5e3a49cdf39309906a18eb8c665cc4c86dec"
            ),
        ])
    func lasting(body: String, hex: String) throws { #expect(try keys(body, .lasting).last?.hex == hex) }

    @Test("Endpoint and beta headers are part of it, the order of beta headers is not", arguments: Kind.allCases)
    func context(kind: Kind) throws {
        let plain = try keys(Self.base, kind)
        #expect(try keys(Self.base, kind, RequestContext(endpoint: "https://eu.example")) != plain)
        #expect(try keys(Self.base, kind, RequestContext(betas: ["x"])) != plain)
        #expect(
            try keys(Self.base, kind, RequestContext(betas: ["x", "y"]))
                == keys(Self.base, kind, RequestContext(betas: ["y", "x"])))
    }

    @Test(
        "A string is short for one block of text, and blocks are not their texts joined", arguments: Kind.allCases)
    func shorthand(kind: Kind) throws {
        func body(_ system: String) -> String {
            #"{"model":"m","system":\#(system),"messages":[{"role":"user","content":"q"}],"cache_control":{"type":"ephemeral"}}"#
        }
        let short = try keys(body(#""ab""#), kind)
        #expect(try keys(body(#"[{"type":"text","text":"ab"}]"#), kind) == short)
        #expect(try keys(body(#"[{"type":"text","text":"a"},{"type":"text","text":"b"}]"#), kind) != short)
    }
}
