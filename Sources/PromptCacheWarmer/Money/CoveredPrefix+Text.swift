package import PromptCache

extension CoveredPrefix {
    /// As it stands in a store's row.
    package var text: String { "\(key):\(tokens):\(lifetime.rawValue)" }

    /// - Parameter lifetime: the row's, which is all that version 1 has written down.
    package init?(_ text: Substring, lifetime: Lifetime) {
        let parts = text.split(separator: ":")
        guard parts.count >= 2, let tokens = Int(parts[1]) else { return nil }
        self.init(
            key: String(parts[0]), tokens: tokens,
            lifetime: parts.count > 2 ? Lifetime(rawValue: String(parts[2])) ?? lifetime : lifetime)
    }
}
