import PromptCache
import Testing

@Suite struct RequestFaultTests {
    @Test(
        arguments: [
            (#"[]"#, ""), (#"{"model":"m""#, ""), (#"{}"#, "model"), (#"{"model":""}"#, "model"),
            (#"{"model":5}"#, "model"), (#"{"model":"m","model":"m"}"#, "model"),
            (#"{"model":"m","stream":true,"str\u0065am":false}"#, "stream"),
            (#"{"model":"m","max_tokens":-1}"#, "max_tokens"), (#"{"model":"m","max_tokens":1.5}"#, "max_tokens"),
            (#"{"model":"m","max_tokens":"9"}"#, "max_tokens"), (#"{"model":"m","tools":{}}"#, "tools"),
            (#"{"model":"m","tools":["n"]}"#, "tools.0"), (#"{"model":"m","system":5}"#, "system"),
            (#"{"model":"m","system":["s"]}"#, "system.0"), (#"{"model":"m","messages":"hi"}"#, "messages"),
            (#"{"model":"m","messages":["hi"]}"#, "messages.0"),
            (#"{"model":"m","messages":[{"content":"hi"}]}"#, "messages.0.role"),
            (#"{"model":"m","messages":[{"role":1,"content":"hi"}]}"#, "messages.0.role"),
            (#"{"model":"m","messages":[{"role":"user"}]}"#, "messages.0.content"),
            (#"{"model":"m","messages":[{"role":"user","role":"user","content":""}]}"#, "messages.0.role"),
            (#"{"model":"m","messages":[{"role":"user","content":"","content":""}]}"#, "messages.0.content"),
            (#"{"model":"m","messages":[{"role":"user","content":{}}]}"#, "messages.0.content"),
            (#"{"model":"m","messages":[{"role":"user","content":[[]]}]}"#, "messages.0.content.0"),
            (#"{"model":"m","cache_control":true}"#, "cache_control"),
            (#"{"model":"m","cache_control":{"type":"persistent"}}"#, "cache_control"),
            (#"{"model":"m","cache_control":{"type":"ephemeral","ttl":"2h"}}"#, "cache_control.ttl"),
            (#"{"model":"m","cache_control":{"type":"ephemeral","ttl":300}}"#, "cache_control.ttl"),
            (#"{"model":"m","system":[{"type":"text","text":"s","cache_control":{}}]}"#, "system.0.cache_control"),
            (
                #"{"model":"m","system":[{"cache_control":{"type":"ephemeral"},"cache_control":null}]}"#,
                "system.0.cache_control"
            ),
            (
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","content":[{"cache_control":1}]}]}]}"#,
                "messages.0.content.0.content.0.cache_control"
            ),
        ])
    func `a body of the wrong shape is refused with the path of the fault`(body: String, path: String) throws {
        let fault = try #require(faultOf(body))
        #expect(fault.path == path)
        #expect(!fault.reason.isEmpty)
        #expect(!fault.description.contains("\n"))
    }

    @Test func `broken JSON is told with line and column`() throws {
        let fault = try #require(faultOf("{\n  \"model\": \"m\",\n}"))
        #expect(fault.description == "not valid JSON: expected a key in quotes (line 3, column 1)")
    }
}
