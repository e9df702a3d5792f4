import PromptCacheWarmer
import Testing
import WarmerService

@Suite("A prompt that stands in the configuration")
struct InlinePromptTests {
    private func body(_ scope: String) async throws -> String {
        let configuration = try await Folder().read(
            Prompts.yaml(scope: "name: support\npolicy: every:240s@5m\n" + scope))
        return String(decoding: configuration.scopes[0].body, as: UTF8.self)
    }

    @Test("becomes a body in the order of the file, numbers as they are spelled")
    func order() async throws {
        let text = Prompts.book
        let body = try await body(
            """
            system:
              - { type: text, text: "\(text)", cache_control: { type: ephemeral } }
            model: claude-sonnet-5-5
            tools:
              - name: find
                input_schema:
                  type: object
                  properties:
                    zoo: { type: number, maximum: 1.50, default: 1e3 }
                    answer: { enum: [yes, no, "true", true, 0x1F, null] }
            """)
        #expect(
            body == """
                {"system":[{"type":"text","text":"\(text)","cache_control":{"type":"ephemeral"}}],\
                "model":"claude-sonnet-5-5","tools":[{"name":"find","input_schema":{"type":"object","properties":{\
                "zoo":{"type":"number","maximum":1.50,"default":1e3},\
                "answer":{"enum":["yes","no","true",true,"0x1F",null]}}}}]}
                """)
    }

    @Test(
        "gets a breakpoint at its end if it has none, with the lifetime of the policy",
        arguments: [
            ("every:240s@5m", #"{"type":"ephemeral"}"#), ("every:3000s@1h", #"{"type":"ephemeral","ttl":"1h"}"#),
        ])
    func marked(policy: String, marker: String) async throws {
        let configuration = try await Folder().read(
            Prompts.yaml(scope: "name: a\npolicy: \(policy)\nmodel: claude-sonnet-5-5\nsystem: \(Prompts.book)"))
        let text = Prompts.book.dropLast()
        #expect(
            String(decoding: configuration.scopes[0].body, as: UTF8.self) == """
                {"model":"claude-sonnet-5-5","system":[{"type":"text","text":"\(text)","cache_control":\(marker)}]}
                """)
    }
}
