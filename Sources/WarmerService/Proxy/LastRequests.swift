import DequeModule
import OrderedJSON
import PromptCache

/// The last request of each conversation, in memory only and within a bound: the one that rested longest goes first.
struct LastRequests: Sendable {
    private struct Kept {
        var trail: RememberedTrail
        var realm: Int
        var turn: UInt64
        var looks: Looks
    }

    /// What requests of one conversation have in common, as far as a glance shows: of the model, and of the beginnings of
    /// tools, system and messages. Two that look alike may be different all the same.
    private struct Looks: Hashable {
        /// Of tools and system.
        var prompt: Int
        /// With the first message.
        var whole: Int

        init(_ request: MessagesRequest, realm: Int) {
            var hasher = Hasher()
            hasher.combine(realm)
            hasher.combine(request.model)
            Self.glance(request["tools"], &hasher)
            Self.glance(request["system"], &hasher)
            prompt = hasher.finalize()
            hasher = Hasher()
            hasher.combine(prompt)
            Self.glance(request.firstMessage, &hasher)
            whole = hasher.finalize()
        }

        private static func glance(_ node: JSONNode?, _ hasher: inout Hasher) {
            node?.bytes.prefix(256).withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private var kept: [Conversations.ID: Kept] = [:]
    /// By when they came, the oldest first; one that has come again since, or was forgotten, is passed over.
    private var order: Deque<(id: Conversations.ID, turn: UInt64)> = []
    /// The last few of each look, the latest first.
    private var byLooks: [Int: [Conversations.ID]] = [:]
    /// The last over each prompt.
    private var byPrompt: [Int: Conversations.ID] = [:]
    private var bytes = 0
    private var turns: UInt64 = 0
    private let mostBytes: Int

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// A request that a new one has perhaps grown out of, so that it need not be hashed again.
    func predecessor(of request: MessagesRequest, realm: Int) -> RememberedTrail? {
        let looks = Looks(request, realm: realm)
        let alike = (byLooks[looks.whole] ?? []).lazy.compactMap { kept[$0]?.trail }
        return alike.first { $0.seemsContinued(by: request) }
            ?? byPrompt[looks.prompt].flatMap { kept[$0]?.trail }
    }

    private static let mostAlike = 8

    mutating func keep(_ trail: RememberedTrail, of id: Conversations.ID, realm: Int) {
        turns += 1
        forget(id)
        guard Self.weight(trail) <= mostBytes else { return }
        let looks = Looks(trail.request, realm: realm)
        kept[id] = Kept(trail: trail, realm: realm, turn: turns, looks: looks)
        order.append((id, turns))
        byLooks[looks.whole] = [id] + (byLooks[looks.whole] ?? []).prefix(Self.mostAlike - 1)
        byPrompt[looks.prompt] = id
        bytes += Self.weight(trail)
        while let oldest = order.first, bytes > mostBytes || !isCurrent(oldest) {
            order.removeFirst()
            if isCurrent(oldest) { forget(oldest.id) }
        }
        if order.count > 2 * kept.count + Self.mostPassedOver { order = Deque(order.filter(isCurrent)) }
    }

    private static let mostPassedOver = 1024

    private func isCurrent(_ entry: (id: Conversations.ID, turn: UInt64)) -> Bool { kept[entry.id]?.turn == entry.turn }

    mutating func forget(_ id: Conversations.ID) {
        guard let old = kept.removeValue(forKey: id) else { return }
        bytes -= Self.weight(old.trail)
        byLooks[old.looks.whole]?.removeAll { $0 == id }
        if byLooks[old.looks.whole]?.isEmpty ?? false { byLooks[old.looks.whole] = nil }
        if byPrompt[old.looks.prompt] == id { byPrompt[old.looks.prompt] = nil }
    }

    /// The body, and as much again for what was found in it.
    private static func weight(_ trail: RememberedTrail) -> Int { 2 * trail.request.bytes.count + 4096 }

    /// The latest requests that a new one looks like a changed version of: same prompt but for one part.
    func lookalikes(of request: MessagesRequest, realm: Int, except id: Conversations.ID?) -> [MessagesRequest] {
        let recent = order.reversed().lazy.filter { isCurrent($0) && $0.id != id }.compactMap { kept[$0.id] }
            .filter { $0.realm == realm }
        let alike = recent.prefix(Self.mostLookedAt).lazy.map(\.trail.request).filter { Self.resembles(request, $0) }
        return Array(alike.prefix(Self.mostCompared))
    }

    private static let mostLookedAt = 8
    private static let mostCompared = 2

    /// Two of three are the same: tools, system, the first message. One of the latter two will do where the other has about
    /// the same length, as it has when there is a date in it.
    private static func resembles(_ a: MessagesRequest, _ b: MessagesRequest) -> Bool {
        func isSame(_ member: String) -> Bool { a[member].map { $0.bytes == b[member]?.bytes } ?? false }
        func isAsLong(_ a: JSONNode?, _ b: JSONNode?) -> Bool {
            guard let new = a?.bytes.count, let old = b?.bytes.count else { return false }
            return abs(new - old) * 20 < old
        }
        let (hasSameSystem, hasSameStart) = (isSame("system"), a.hasSameStart(as: b))
        if [isSame("tools"), hasSameSystem, hasSameStart].count(where: \.self) >= 2 { return true }
        return hasSameStart && isAsLong(a["system"], b["system"])
            || hasSameSystem && isAsLong(a.firstMessage, b.firstMessage)
    }
}
