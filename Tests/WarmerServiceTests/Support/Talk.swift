/// Bodies of conversations as agents send them: a marked system prompt, and a marker on the last turn.
enum Talk {
    static func body(
        _ turns: [String], system: String = Prompts.book, model: String = "claude-sonnet-5-5", ttl: String? = nil,
        more: String = ""
    ) -> String {
        let mark = #","cache_control":{"type":"ephemeral"\#(ttl.map { #","ttl":"\#($0)""# } ?? "")}"#
        let messages = turns.enumerated().map { index, turn in
            let role = index.isMultiple(of: 2) ? "user" : "assistant"
            let text = String(repeating: "\(turn) ", count: 200)
            return
                #"{"role":"\#(role)","content":[{"type":"text","text":"\#(text)"\#(index == turns.count - 1 ? mark : "")}]}"#
        }
        return
            #"{"model":"\#(model)","max_tokens":8,"system":[{"type":"text","text":"\#(system)"\#(mark)}],"messages":["#
            + messages.joined(separator: ",") + "]\(more)}"
    }
}
