/// A model, under whatever name a request or response calls it.
///
/// Ids arrive dated (`claude-sonnet-4-5-20250929`), wrapped by a route (`us.anthropic.claude-sonnet-4-5-v1:0`,
/// `anthropic/claude-sonnet-4.5`, inference-profile ARNs) or in the older order (`claude-3-5-haiku`). All of them have
/// one ``family``, which prices and cache rules are looked up by.
public struct ModelID: Hashable, Sendable {
    /// The id as it was written. Cache entries and keys are per spelling, never per family.
    public let name: String

    /// Any name is taken; what is not understood is its own family, which has no price.
    public init(_ name: String) { self.name = name }

    /// The plain name, for example `sonnet-4-5`; the name itself in lower case if it is no Claude model's.
    public var family: String { Self.family(of: name) }

    private static let tiers: Set<Substring> = ["fable", "mythos", "opus", "sonnet", "haiku"]
    /// Words around the name that choose no other model: release channels and context sizes.
    private static let decorations: Set<Substring> = ["latest", "beta", "1m"]

    private static func family(of name: String) -> String {
        let lowered = name.lowercased()
        guard let start = lowered.ranges(of: "claude-").last else { return lowered }
        var words = lowered[start.upperBound...]
            .prefix { $0 != ":" && $0 != "@" && $0 != "[" }
            .split { $0 == "-" || $0 == "." }
        while let last = words.last, isDecoration(last) { words.removeLast() }
        guard let tier = words.first(where: tiers.contains) else { return lowered }
        let numbers = words.filter { Int($0) != nil }
        let others = words.filter { $0 != tier && Int($0) == nil }
        // `opus-4-0` is the first 4, which price lists call `opus-4`.
        let version = numbers.count == 2 && numbers[1] == "0" ? [numbers[0]] : numbers
        return ([tier] + version + others).joined(separator: "-")
    }

    private static func isDecoration(_ word: Substring) -> Bool {
        decorations.contains(word)
            || word.count == 8 && Int(word) != nil
            || word.first == "v" && Int(word.dropFirst()) != nil
    }
}

extension ModelID: CustomStringConvertible {
    public var description: String { name }
}
