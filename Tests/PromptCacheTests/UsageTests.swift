import PromptCache
import Testing

@Suite("Usage is read from whole and streamed responses")
struct UsageTests {
    private static let stream = """
        event: message_start\r
        data:  {"type":"message_start","message":{"model":"m","usage":{"input_tokens":13,"cache_creation_input_tokens":3913,\
        "cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":3913},\
        "output_tokens":1}}}   \r
        \r
        event: ping\r
        data: {"type": "ping"}\r
        \r
        data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":13,\
        "cache_creation_input_tokens":3913,"cache_read_input_tokens":0,"output_tokens":57}}\r
        \r
        data: {"type":"message_stop"}\r
        \r

        """

    @Test("A stream may be cut anywhere: the split comes from its start, the output from its end")
    func streamed() {
        let bytes = Array(Self.stream.utf8)
        for cut in stride(from: 0, to: bytes.count, by: 7) {
            var reader = UsageReader()
            reader.read(bytes[..<cut])
            reader.read(bytes[cut...])
            #expect(reader.response.usage == Usage(input: 13, write1h: 3913, output: 57))
            #expect(reader.response.stopReason == "end_turn" && reader.isFinished)
        }
    }

    @Test(
        "Recorded exchanges are read as the provider meant them",
        arguments: [
            (
                #"{"input_tokens":21,"cache_creation_input_tokens":188086,"cache_read_input_tokens":0,"output_tokens":393}"#,
                Usage(input: 21, write5m: 188086, output: 393)
            ),
            (
                #"{"input_tokens":21,"cache_creation_input_tokens":0,"cache_read_input_tokens":188086,"output_tokens":393}"#,
                Usage(input: 21, read: 188086, output: 393)
            ),
            (
                #"{"input_tokens":8,"cache_creation_input_tokens":5120,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":5120,"ephemeral_1h_input_tokens":0},"output_tokens":0}"#,
                Usage(input: 8, write5m: 5120)
            ),
            (
                #"{"input_tokens":3,"cache_creation_input_tokens":418,"cache_read_input_tokens":1111,"output_tokens":9}"#,
                Usage(input: 3, write5m: 418, read: 1111, output: 9)
            ),
            (
                #"{"input_tokens":2,"cache_creation_input_tokens":null,"cache_read_input_tokens":1590,"output_tokens":1}"#,
                Usage(input: 2, read: 1590, output: 1)
            ),
        ])
    func recorded(json: String, usage: Usage) throws {
        #expect(try MessagesResponse(Array(#"{"usage":\#(json)}"#.utf8)).usage == usage)
    }

    @Test("Counts that cannot be are not believed", arguments: ["-1", "1.5", "99999999999999999999", #""3""#])
    func absurd(count: String) throws {
        #expect(try MessagesResponse(Array(#"{"usage":{"input_tokens":\#(count)}}"#.utf8)).usage == nil)
    }

    @Test("An error in the middle of a stream is seen")
    func midStream() {
        var reader = UsageReader()
        reader.read(
            Array(
                "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"
                    .utf8))
        #expect(reader.response.error == ProviderError(type: "overloaded_error", message: "Overloaded"))
    }

    @Test(
        "Models are known by any of their names",
        arguments: [
            ("claude-sonnet-4-5-20250929", "sonnet-4-5"),
            ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "sonnet-4-5"),
            ("claude-3-5-haiku-latest", "haiku-3-5"), ("anthropic/claude-sonnet-4.5", "sonnet-4-5"),
            ("claude-opus-4@20250514", "opus-4"), ("claude-sonnet-4-5[1m]", "sonnet-4-5"), ("gpt-6", "gpt-6"),
        ])
    func models(name: String, family: String) {
        #expect(ModelID(name).family == family)
    }
}
