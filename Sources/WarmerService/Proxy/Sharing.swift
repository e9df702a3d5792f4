import PromptCache

/// How many conversations have come over one prompt.
struct Sharing: Sendable {
    private var conversations: [PrefixPlace: Set<Conversations.ID>] = [:]

    /// More are not told apart.
    private static let most = 16
    private static let mostPlaces = 10_000

    /// Counts a conversation in.
    mutating func count(_ id: Conversations.ID, over place: PrefixPlace) -> Int {
        if conversations.count >= Self.mostPlaces, conversations[place] == nil { conversations = [:] }
        if conversations[place, default: []].count < Self.most { conversations[place, default: []].insert(id) }
        return conversations[place]?.count ?? 0
    }
}
