import DequeModule
import OrderedJSON
import PromptCache

/// The last request of each conversation, in memory only and within a bound: the one that rested longest goes first.
struct LastRequests: Sendable {
    private struct Kept {
        var trail: RememberedTrail
        var realm: Int
        var turn: UInt64
    }

    /// What requests of one conversation have in common, as far as a glance shows.
    private struct Looks: Hashable {
        var realm: Int
        var model: ModelID
        var beginning: ArraySlice<UInt8>
        var system: ArraySlice<UInt8>
        var tools: ArraySlice<UInt8>

        init(_ request: MessagesRequest, realm: Int) {
            self.realm = realm
            model = request.model
            beginning = request["messages"]?.elements.first { _ in true }?.bytes.prefix(256) ?? []
            system = request["system"]?.bytes.prefix(256) ?? []
            tools = request["tools"]?.bytes.prefix(256) ?? []
        }

        /// What conversations over one prompt have in common.
        var withoutBeginning: Looks {
            var looks = self
            looks.beginning = []
            return looks
        }
    }

    private var kept: [Conversations.ID: Kept] = [:]
    /// By when they came, the oldest first; one that has come again since, or was forgotten, is passed over.
    private var order: Deque<(id: Conversations.ID, turn: UInt64)> = []
    /// The last few of each look, the latest first.
    private var byLooks: [Looks: [Conversations.ID]] = [:]
    /// The last over each prompt.
    private var byPrompt: [Looks: Conversations.ID] = [:]
    private var bytes = 0
    private var turns: UInt64 = 0
    private let mostBytes: Int

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// A request that a new one has perhaps grown out of, so that it need not be hashed again.
    func predecessor(of request: MessagesRequest, realm: Int) -> RememberedTrail? {
        let looks = Looks(request, realm: realm)
        let alike = (byLooks[looks] ?? []).lazy.compactMap { kept[$0]?.trail }
        return alike.first { $0.seemsContinued(by: request) }
            ?? byPrompt[looks.withoutBeginning].flatMap { kept[$0]?.trail }
    }

    private static let mostAlike = 8

    mutating func keep(_ trail: RememberedTrail, of id: Conversations.ID, realm: Int) {
        turns += 1
        forget(id)
        guard Self.weight(trail) <= mostBytes else { return }
        kept[id] = Kept(trail: trail, realm: realm, turn: turns)
        order.append((id, turns))
        let looks = Looks(trail.request, realm: realm)
        byLooks[looks] = [id] + (byLooks[looks] ?? []).prefix(Self.mostAlike - 1)
        byPrompt[looks.withoutBeginning] = id
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
        let looks = Looks(old.trail.request, realm: old.realm)
        byLooks[looks]?.removeAll { $0 == id }
        if byLooks[looks]?.isEmpty ?? false { byLooks[looks] = nil }
        if byPrompt[looks.withoutBeginning] == id { byPrompt[looks.withoutBeginning] = nil }
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
