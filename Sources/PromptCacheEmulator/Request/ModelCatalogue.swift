/// The models that the emulator plays, and the shortest prefix that each of them caches.
enum ModelCatalogue {
    /// Minimum in tokens by plain name, from the provider's documentation of November 2026.
    static let minimums: [String: Int] = [
        "fable-5": 512, "fable-5-1": 512, "fable-5-2": 512, "mythos-5": 512, "mythos-5-1": 512, "mythos-5-2": 512,
        "opus-5": 512, "opus-5-5": 512, "sonnet-5-5": 512, "haiku-5-5": 512,
        "opus-4-8": 1024, "opus-4-1": 1024, "opus-4": 1024, "sonnet-5": 1024, "sonnet-4-6": 1024, "sonnet-4-5": 1024,
        "sonnet-4": 1024,
        "opus-4-7": 2048, "mythos-preview": 2048, "haiku-3-5": 2048,
        "opus-4-6": 4096, "opus-4-5": 4096, "haiku-4-5": 4096,
    ]

    /// The ids that `/v1/models` lists.
    static var ids: [String] { minimums.keys.map { "claude-\($0)" }.sorted() }

    /// The minimum of a model under any of its names: dated, wrapped by a route, or in the older order of words.
    ///
    /// - Returns: nil for a model that the emulator does not play.
    static func minimum(of id: String) -> Int? {
        guard let start = id.lowercased().firstRange(of: "claude-")?.upperBound else { return nil }
        let plain = id.lowercased()[start...].prefix { !":@[".contains($0) }.split { $0 == "-" || $0 == "." }
            .filter { $0.count < 8 && $0 != "latest" && !($0.first == "v" && Int($0.dropFirst()) != nil) }
        let tiers = plain.filter { Int($0) == nil }
        var numbers = plain.filter { Int($0) != nil }
        if numbers.count == 2, numbers[1] == "0" { numbers.removeLast() }
        return minimums[(tiers.prefix(1) + numbers + tiers.dropFirst()).joined(separator: "-")]
    }
}
