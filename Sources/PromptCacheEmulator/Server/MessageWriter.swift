import OrderedJSON

/// An answer in the provider's two shapes: whole, and as server-sent events.
struct MessageWriter {
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
        var members: [JSONOutput.Member] = [
            .init("id", .string(answer.id)), .init("type", "message"), .init("role", "assistant"),
            .init("model", .string(answer.request.model)), .init("content", .array(content)),
            .init("stop_reason", stopReason), .init("stop_sequence", nil), .init("usage", usage),
        ]
        if let reason = answer.diagnostics { members.append(.init("diagnostics", ["cache_miss_reason": reason])) }
        if let thread = answer.thread { members.append(.init("thread", ["id": .string(thread)])) }
        return .object(members)
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
        for (position, word) in answer.words.enumerated() {
            events.append(
                event("content_block_delta", ["index": 0, "delta": ["type": "text_delta", "text": .string(word)]]))
            if position % 5 == 4 { events.append(event("ping", [:])) }
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
        let text = data.text()
        // The provider pads its data so that sizes tell less; so does this, always alike.
        return "event: \(name)\ndata: \(text)\(String(repeating: " ", count: text.utf8.count * 7 % 13))\n\n"
    }

    /// What may come in the middle of a stream, after its 200.
    static func errorEvent(type: String) -> String {
        let data: JSONOutput = ["type": "error", "error": ["type": .string(type), "message": "The stream ends here"]]
        return "event: error\ndata: \(data.text())\n\n"
    }
}
