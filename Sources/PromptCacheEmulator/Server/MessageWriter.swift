import OrderedJSON

/// An answer in the provider's two shapes: whole, and as server-sent events.
struct MessageWriter {
    let id: String
    let answer: Provider.Answer

    private var usage: EmulatedUsage { answer.plan.usage }
    private var stopReason: String { answer.request.maxTokens <= answer.words.count ? "max_tokens" : "end_turn" }
    private var text: String { answer.words.joined() }

    var whole: JSONOutput {
        message(
            content: answer.words.isEmpty ? [] : [["type": "text", "text": .string(text)]],
            stopReason: .string(stopReason), usage: usageWithSplit(output: usage.output))
    }

    private func message(content: [JSONOutput], stopReason: JSONOutput, usage: JSONOutput) -> JSONOutput {
        [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(answer.request.model),
            "content": .array(content), "stop_reason": stopReason, "stop_sequence": nil, "usage": usage,
        ]
    }

    private func usageWithSplit(output: Int) -> JSONOutput {
        [
            "input_tokens": .integer(usage.input),
            "cache_creation_input_tokens": .integer(usage.write5m + usage.write1h),
            "cache_read_input_tokens": .integer(usage.read),
            "cache_creation": [
                "ephemeral_5m_input_tokens": .integer(usage.write5m),
                "ephemeral_1h_input_tokens": .integer(usage.write1h),
            ],
            "output_tokens": .integer(output), "service_tier": "standard",
        ]
    }

    /// The first usage comes with `message_start` and alone has the split; the final one comes with `message_delta`.
    var events: [String] {
        let start = message(content: [], stopReason: .null, usage: usageWithSplit(output: min(1, usage.output)))
        var events = [
            event("message_start", ["message": start]),
            event(
                "content_block_start",
                ["index": 0, "content_block": ["type": "text", "text": ""]]),
            event("ping", [:]),
        ]
        events += answer.words.map { word in
            event("content_block_delta", ["index": 0, "delta": ["type": "text_delta", "text": .string(word)]])
        }
        let final: JSONOutput = [
            "input_tokens": .integer(usage.input),
            "cache_creation_input_tokens": .integer(usage.write5m + usage.write1h),
            "cache_read_input_tokens": .integer(usage.read), "output_tokens": .integer(usage.output),
        ]
        events += [
            event("content_block_stop", ["index": 0]),
            event(
                "message_delta",
                ["delta": ["stop_reason": .string(stopReason), "stop_sequence": nil], "usage": final]),
            event("message_stop", [:]),
        ]
        return events
    }

    private func event(_ name: String, _ members: KeyValuePairs<String, JSONOutput>) -> String {
        let data = JSONOutput.object(
            [.init("type", .string(name))] + members.map { .init($0.key, $0.value) })
        return "event: \(name)\ndata: \(data.text())\n\n"
    }
}
