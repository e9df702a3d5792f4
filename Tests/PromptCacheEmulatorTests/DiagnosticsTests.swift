import OrderedJSON
import Testing

@testable import PromptCacheEmulator

@Suite("Cache diagnostics say where a request parts from the one before")
struct DiagnosticsTests {
    private let bench = Bench()
    private let tool = #"{"name":"search","input_schema":{"type":"object"}}"#

    private func ask(_ body: String) throws -> Provider.Answer {
        let answer = try bench.provider.begin(
            Array(body.utf8), from: Caller(workspace: "me", betas: [], region: ""), now: .zero
        ).answer.get()
        bench.provider.commit(answer, now: .zero)
        return answer
    }

    private func body(
        tools: String? = nil, system: String = "a", question: String = "Hi", previous: String?,
        model: String = "claude-sonnet-5-5"
    ) -> String {
        Bodies.request(
            model: model, tools: tools, system: [Bodies.text(Bodies.long(system), "5m")],
            messages: [Bodies.user(Bodies.text(question))],
            extra: #""diagnostics":{"previous_message_id":\#(previous.map { "\"\($0)\"" } ?? "null")},"#)
    }

    /// The type of the reason, and the tokens that it names.
    private func reason(_ answer: Provider.Answer) throws -> (String?, Int?) {
        let text = MessageWriter(answer: answer).whole.text()
        let reason = try JSONText(Array(text.utf8)).root["diagnostics"]?["cache_miss_reason"]
        return (reason?["type"]?.string, reason?["cache_missed_input_tokens"]?.integer)
    }

    @Test("The first change in the order of the prefix is the reason")
    func reasons() throws {
        let first = try ask(body(tools: tool, previous: nil))
        #expect(try reason(first) == (nil, nil))
        #expect(try reason(try ask(body(tools: tool, previous: first.id))) == (nil, nil))
        let model = try ask(body(tools: tool, previous: first.id, model: "claude-opus-5-5"))
        #expect(try reason(model).0 == "model_changed")
        #expect(try reason(try ask(body(previous: first.id))).0 == "tools_changed")
        #expect(try reason(try ask(body(tools: tool, system: "b", previous: first.id))).0 == "system_changed")
        let asked = try reason(try ask(body(tools: tool, question: "Ho", previous: first.id)))
        #expect(asked == ("messages_changed", 8))
        #expect(try reason(try ask(body(tools: tool, previous: "msg_unknown"))).0 == "previous_message_not_found")
    }

    @Test("What was not changed and yet not read is unavailable")
    func unavailable() throws {
        let first = try ask(body(previous: nil))
        bench.provider.setFaults(try FaultPlan(json: Array(#"[{"evict":true}]"#.utf8)))
        #expect(try reason(try ask(body(previous: first.id))).0 == "unavailable")
    }

    @Test("Nobody is told who did not ask")
    func silent() throws {
        #expect(!MessageWriter(answer: try ask(Bodies.request())).whole.text().contains("diagnostics"))
    }
}
