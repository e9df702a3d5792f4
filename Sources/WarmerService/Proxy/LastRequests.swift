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

        init(_ request: MessagesRequest, realm: Int) {
            self.realm = realm
            model = request.model
            beginning = request["messages"]?.elements.first { _ in true }?.bytes.prefix(256) ?? []
            system = request["system"]?.bytes.prefix(256) ?? []
        }
    }

    private var kept: [Conversations.ID: Kept] = [:]
    /// By when they came, the oldest first; one that has come again since, or was forgotten, is passed over.
    private var order: Deque<(id: Conversations.ID, turn: UInt64)> = []
    private var byLooks: [Looks: Conversations.ID] = [:]
    private var bytes = 0
    private var turns: UInt64 = 0
    private let mostBytes: Int

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// A request that a new one has perhaps grown out of, so that it need not be hashed again.
    func predecessor(of request: MessagesRequest, realm: Int) -> RememberedTrail? {
        byLooks[Looks(request, realm: realm)].flatMap { kept[$0]?.trail }
    }

    mutating func keep(_ trail: RememberedTrail, of id: Conversations.ID, realm: Int) {
        turns += 1
        forget(id)
        guard Self.weight(trail) <= mostBytes else { return }
        kept[id] = Kept(trail: trail, realm: realm, turn: turns)
        order.append((id, turns))
        byLooks[Looks(trail.request, realm: realm)] = id
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
        if byLooks[looks] == id { byLooks[looks] = nil }
    }

    /// The body, and as much again for what was found in it.
    private static func weight(_ trail: RememberedTrail) -> Int { 2 * trail.request.bytes.count + 4096 }

    /// The latest request that a new one looks like a changed version of: same prompt but for one part.
    ///
    /// - Returns: what has changed; nil if nothing is alike.
    func change(to request: MessagesRequest, realm: Int, except id: Conversations.ID?) -> String? {
        let recent = order.reversed().lazy.filter { isCurrent($0) && $0.id != id }.compactMap { kept[$0.id] }
            .filter { $0.realm == realm }
        for other in recent.prefix(Self.mostCompared) {
            let before = other.trail.request
            guard Self.resembles(request, before) else { continue }
            if let change = request.changedPart(since: before) { return change }
        }
        return nil
    }

    private static let mostCompared = 8

    /// Two of three are the same: tools, system, the first message. Without tools, a system prompt of about the same length
    /// does as well, as it has when there is a date in it.
    private static func resembles(_ a: MessagesRequest, _ b: MessagesRequest) -> Bool {
        func isSame(_ member: String) -> Bool { a[member].map { $0.bytes == b[member]?.bytes } ?? false }
        let first = a["messages"]?.elements.first { _ in true }
        let other = b["messages"]?.elements.first { _ in true }
        let hasSameStart = first.map { $0.bytes == other?.bytes } ?? false
        if [isSame("tools"), isSame("system"), hasSameStart].count(where: \.self) >= 2 { return true }
        guard a["tools"] == nil, let new = a["system"]?.bytes.count, let old = b["system"]?.bytes.count else {
            return false
        }
        return hasSameStart && abs(new - old) * 20 < old
    }
}
