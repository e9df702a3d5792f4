import OrderedJSON
import PromptCache

/// What a running daemon knows of a prefix.
struct Warmth {
    var lifeLeft: Duration
    var tokens: Int?

    /// - Returns: nil if it does not know the prefix.
    static func ask(_ url: String, about key: PrefixKey) async throws -> Warmth? {
        let root = try await JSONOverHTTP.get("\(url)/v1/warmth/\(key.hex)", what: "--control \(url)")
        guard let seconds = root["life_left_seconds"]?.integer else { return nil }
        return Warmth(lifeLeft: .seconds(seconds), tokens: root["prefix_tokens"]?.integer)
    }
}
