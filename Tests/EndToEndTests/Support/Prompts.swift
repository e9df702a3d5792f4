/// Bodies for the tests, long enough to be cached.
enum Prompts {
    /// About 8,000 bytes of system prompt that differs by name, and a question behind it.
    static func body(_ name: String, ttl: String = "5m", question: Int = 0) -> [UInt8] {
        let text = (0..<200).map { "Rule \($0) of \(name): say what is so." }.joined(separator: " ")
        return Array(
            """
            {"model":"claude-sonnet-5-5","max_tokens":8,"system":[{"type":"text","text":"\(text)",\
            "cache_control":{"type":"ephemeral","ttl":"\(ttl)"}}],\
            "messages":[{"role":"user","content":"Question \(question)?"}]}
            """.utf8)
    }

    /// The name of the prompt that a body was made for.
    static func name(of body: [UInt8]) -> String {
        let head = String(decoding: body.prefix(300), as: UTF8.self)
        guard let start = head.firstRange(of: "Rule 0 of ")?.upperBound else { return "" }
        return String(head[start...].prefix { $0 != ":" })
    }
}
