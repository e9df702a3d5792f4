import OrderedJSON

/// What a conversation must be like: every call of a tool is answered in the very next message.
enum Conversation {
    static func check(_ blocks: [EmulatedBlock]) throws(APIError) {
        let messages = blocks.filter { $0.part == .messages }
        guard let last = messages.last?.message else { return }
        for position in 0...last {
            let calls = messages.filter { $0.message == position && $0.type == "tool_use" }
                .compactMap { $0.node["id"]?.string }
            let answers = messages.filter { $0.message == position + 1 && $0.type == "tool_result" }
                .compactMap { $0.node["tool_use_id"]?.string }
            if let open = calls.first(where: { !answers.contains($0) }) {
                throw .invalid(
                    "messages.\(position): `tool_use` ids were found without `tool_result` blocks immediately after: "
                        + "\(open). Each `tool_use` block must have a corresponding `tool_result` block in the next "
                        + "message.")
            }
            let asked = messages.filter { $0.message == position - 1 && $0.type == "tool_use" }
                .compactMap { $0.node["id"]?.string }
            for result in messages where result.message == position && result.type == "tool_result" {
                guard let id = result.node["tool_use_id"]?.string, asked.contains(id) else {
                    throw .invalid(
                        "\(result.path): unexpected `tool_use_id` found in `tool_result` blocks. Each `tool_result` "
                            + "block must have a corresponding `tool_use` block in the previous message.")
                }
            }
        }
    }
}
