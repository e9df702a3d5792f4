/// Recognises conversations by their prefixes as they grow: a state machine without time and without effects.
///
/// A request continues a conversation if the provider would find that conversation's last prefix in its walk back. If it
/// finds an earlier one of its prefixes, it is a fork. Sub-agents have prompts of their own and so are apart by themselves.
///
/// A prefix that ends in tools or system is not a turn of anybody's: conversations that share it are apart, and requests
/// that end there are one scope of their own.
public struct Conversations: Sendable {
    /// Which conversation it is; never used twice.
    public struct ID: Hashable, Sendable, Comparable {
        public let number: Int

        public static func < (a: ID, b: ID) -> Bool { a.number < b.number }
    }

    /// What an arrival is to the conversations before it.
    public enum Kind: Hashable, Sendable {
        /// Its first request.
        case new
        /// The same prefix once more.
        case same
        /// One or more turns further.
        case grown
        /// It parts from a conversation within it; both may go on.
        case forked(from: ID)
    }

    /// What an arrival was recognised as.
    public struct Recognition: Hashable, Sendable {
        public var id: ID
        public var kind: Kind
        /// Conversations that this one seems to have replaced: their history was edited, or compacted. They begin anew
        /// should they be continued all the same.
        public var replaced: [ID] = []
        /// Conversations that are no longer remembered, for want of room.
        public var forgotten: [ID] = []
    }

    private struct Conversation {
        var head: PrefixKey
        /// Earlier heads, the oldest first.
        var trail: [PrefixKey] = []
        var realm: Int
        var client: String?
        var base: PrefixKey?
        var lastArrival: UInt64
    }

    private var conversations: [ID: Conversation] = [:]
    private var owners = PrefixTable<ID>()
    private var byClient: [String: ID] = [:]
    private var nextID = 1
    private var arrivals: UInt64 = 0
    private let capacity: Int

    /// Heads remembered for each conversation, to tell a fork from a stranger.
    private static let trailLength = 64

    /// - Parameter capacity: how many conversations are remembered; the one that rested longest is forgotten first.
    public init(capacity: Int = 10_000) { self.capacity = max(1, capacity) }

    /// How many conversations are remembered.
    public var count: Int { conversations.count }

    /// Recognises a request.
    ///
    /// - Parameters:
    ///   - trail: where it is looked for in the cache.
    ///   - realm: whose cache it is. Equal prefixes in different realms have nothing to do with each other.
    ///   - client: who is known to hold one conversation at a time, for example a session's id; nil where nobody is.
    /// - Returns: nil for a request without a breakpoint.
    public mutating func arrival(_ trail: PrefixTrail, realm: Int, client: String? = nil) -> Recognition? {
        guard let last = trail.last else { return nil }
        arrivals += 1
        let isShared = last.breakpoint.path.hasPrefix("tools") || last.breakpoint.path.hasPrefix("system")
        let base = Self.base(of: trail)
        let match = owner(of: trail, realm: realm, isShared: isShared)
        var recognition: Recognition
        if let match, conversations[match.id]?.head == match.key {
            let kind = match.key == last.key ? Kind.same : .grown
            recognition = Recognition(id: match.id, kind: kind)
            advance(match.id, to: last.key)
        } else {
            recognition = begin(last.key, realm: realm, client: client, base: base, forkedFrom: match?.id)
        }
        if !isShared, let client { replace(&recognition, realm: realm, client: client, base: base) }
        forgetOldest(&recognition)
        return recognition
    }

    /// The last breakpoint in tools or system: what conversations of one kind have in common.
    private static func base(of trail: PrefixTrail) -> PrefixKey? {
        trail.prefixes.last { !$0.breakpoint.path.hasPrefix("messages") }?.key
    }

    private func owner(of trail: PrefixTrail, realm: Int, isShared: Bool) -> (id: ID, key: PrefixKey)? {
        if isShared {
            guard let key = trail.last?.key, let id = owners[PrefixPlace(realm: realm, key: key)] else { return nil }
            return (id, key)
        }
        guard owners.mayHold(anyOf: trail) else { return nil }
        let shared = trail.prefixes.filter { !$0.breakpoint.path.hasPrefix("messages") }
        guard
            let match = trail.longestMatch(where: { key in
                owners[PrefixPlace(realm: realm, key: key)] != nil && !shared.contains { $0.key == key }
            }), let id = owners[PrefixPlace(realm: realm, key: match.key)]
        else { return nil }
        return (id, match.key)
    }

    private mutating func advance(_ id: ID, to head: PrefixKey) {
        guard var conversation = conversations[id] else { return }
        conversation.lastArrival = arrivals
        if conversation.head != head {
            conversation.trail.append(conversation.head)
            if conversation.trail.count > Self.trailLength {
                let old = conversation.trail.removeFirst()
                owners[PrefixPlace(realm: conversation.realm, key: old)] = nil
            }
            conversation.head = head
            owners[PrefixPlace(realm: conversation.realm, key: head)] = id
        }
        conversations[id] = conversation
    }

    private mutating func begin(
        _ head: PrefixKey, realm: Int, client: String?, base: PrefixKey?, forkedFrom parent: ID?
    ) -> Recognition {
        let id = ID(number: nextID)
        nextID += 1
        conversations[id] = Conversation(
            head: head, realm: realm, client: client, base: base, lastArrival: arrivals)
        owners[PrefixPlace(realm: realm, key: head)] = id
        return Recognition(id: id, kind: parent.map(Kind.forked(from:)) ?? .new)
    }

    /// A client that holds one conversation at a time and begins another over the same base has compacted or edited the old.
    private mutating func replace(_ recognition: inout Recognition, realm: Int, client: String, base: PrefixKey?) {
        let name = "\(realm) \(base?.hex ?? "") \(client)"
        if let old = byClient[name], old != recognition.id, conversations[old] != nil {
            recognition.replaced.append(old)
        }
        byClient[name] = recognition.id
    }

    private mutating func forgetOldest(_ recognition: inout Recognition) {
        guard conversations.count > capacity else { return }
        // Seldom, and many at a time.
        let excess = conversations.count - capacity + capacity / 10
        let limit = conversations.values.map(\.lastArrival).sorted()[excess - 1]
        let oldest = conversations.compactMap { $1.lastArrival <= limit && $0 != recognition.id ? $0 : nil }
        for id in oldest.sorted() {
            guard let conversation = conversations.removeValue(forKey: id) else { continue }
            for key in conversation.trail + [conversation.head] {
                owners[PrefixPlace(realm: conversation.realm, key: key)] = nil
            }
            recognition.forgotten.append(id)
        }
        byClient = byClient.filter { conversations[$0.value] != nil }
    }
}
