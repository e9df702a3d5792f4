import OrderedJSON
import PromptCache

/// A prompt that nobody has sent before: a random word, then plain ones.
struct ProbePrompt: Sendable {
    let model: ModelID
    /// How many words its system prompt has.
    var words: Int
    /// Words of a second block that stands behind it.
    var moreWords = 0
    private let salt: String

    private static let plain = ["time", "year", "day", "way", "thing", "world", "life", "hand"]

    init(model: ModelID, words: Int, salt: UInt64 = .random(in: 0...(.max))) {
        self.model = model
        self.words = words
        self.salt = String(salt, radix: 36)
    }

    /// The body of a request, marked at the end of its system prompt.
    func body(_ lifetime: Lifetime, maxTokens: Int) -> [UInt8] {
        var texts = [Self.text(words, salt)]
        if moreWords > 0 { texts.append(Self.text(moreWords, "more")) }
        let blocks: [JSONOutput] = texts.enumerated().map { position, text in
            let marker: JSONOutput.Member? =
                position == texts.count - 1
                ? .init("cache_control", ["type": "ephemeral", "ttl": .string(lifetime.rawValue)]) : nil
            return .object(
                [.init("type", "text"), .init("text", .string(text))] + [marker].compactMap(\.self))
        }
        let body: JSONOutput = [
            "model": .string(model.name), "max_tokens": .integer(maxTokens), "system": .array(blocks),
            "messages": [["role": "user", "content": "Say yes."]],
        ]
        return Array(body.text().utf8)
    }

    private static func text(_ words: Int, _ first: String) -> String {
        ([first] + (0..<max(0, words)).map { plain[$0 % plain.count] }).joined(separator: " ")
    }
}
