/// Bodies for the tests, long enough to be cached.
enum Prompts {
    /// A block of a system prompt that many prompts may begin with, and how long it is to be kept.
    struct Head {
        var name: String
        var ttl: String
    }

    /// About 8,000 bytes of system prompt that differs by name, behind as many of a head if there is one, and a question
    /// behind it.
    static func body(_ name: String, ttl: String = "5m", head: Head? = nil, question: Int = 0) -> [UInt8] {
        let blocks = (head.map { [block($0.name, ttl: $0.ttl)] } ?? []) + [block(name, ttl: ttl)]
        return Array(
            """
            {"model":"claude-sonnet-5-5","max_tokens":8,"system":[\(blocks.joined(separator: ","))],\
            "messages":[{"role":"user","content":"Question \(question)?"}]}
            """.utf8)
    }

    private static func block(_ name: String, ttl: String) -> String {
        let text = (0..<200).map { "Rule \($0) of \(name): say what is so." }.joined(separator: " ")
        return #"{"type":"text","text":"\#(text)","cache_control":{"type":"ephemeral","ttl":"\#(ttl)"}}"#
    }

    /// The name of the prompt that a body was made for.
    static func name(of body: [UInt8]) -> String {
        let head = String(decoding: body.prefix(300), as: UTF8.self)
        guard let start = head.firstRange(of: "Rule 0 of ")?.upperBound else { return "" }
        return String(head[start...].prefix { $0 != ":" })
    }
}
