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

    /// What a glance shows of a body: two that look alike may be different all the same.
    private struct Looks {
        /// Of as much of it as the next request of its conversation will begin with; nil where that is nothing.
        var body: UInt64?
        /// Of its model, tools and system.
        var prompt: UInt64

        init(_ trail: RememberedTrail, _ looks: BodyLooks, realm: Int) {
            body = trail.steadyBytes.flatMap(looks.ofBeginning)
            prompt = Self.prompt(of: trail.request, realm: realm)
        }

        static func prompt(of request: MessagesRequest, realm: Int) -> UInt64 {
            var looks = Fingerprint(realm: realm)
            for part in [request["model"], request["tools"], request["system"]] {
                guard let start = part?.bytes.prefix(256) else { continue }
                looks = looks.followed(by: start.withUnsafeBytes { Fingerprint(of: $0) })
            }
            return looks.half
        }
    }

    private var kept: [Conversations.ID: Kept] = [:]
    /// By when they came, the oldest first; one that has come again since, or was forgotten, is passed over.
    private var order: Deque<(id: Conversations.ID, turn: UInt64)> = []
    /// The last few of each look, the latest first.
    private var byLooks: [UInt64: [Conversations.ID]] = [:]
    /// The last over each prompt.
    private var byPrompt: [UInt64: Conversations.ID] = [:]
    private var bytes = 0
    private var turns: UInt64 = 0
    private let mostBytes: Int

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// The request that a body goes on from: the longest, as far as a glance shows.
    func continuation(by body: [UInt8], _ looks: BodyLooks) -> Continuation? {
        for beginning in looks.ofBeginnings.reversed() {
            for id in byLooks[beginning] ?? [] {
                if let found = kept[id]?.trail.continuation(by: body) { return found }
            }
        }
        return nil
    }

    /// A request that another perhaps shares its prompt with, so that this need not be hashed again.
    func sharer(of request: MessagesRequest, realm: Int) -> Continuation? {
        byPrompt[Looks.prompt(of: request, realm: realm)].flatMap { kept[$0] }.map { Continuation(after: $0.trail) }
    }

    private static let mostAlike = 16

    mutating func keep(_ trail: RememberedTrail, _ looks: BodyLooks, of id: Conversations.ID, realm: Int) {
        turns += 1
        forget(id)
        guard Self.weight(trail) <= mostBytes else { return }
        let looks = Looks(trail, looks, realm: realm)
        kept[id] = Kept(trail: trail, realm: realm, turn: turns, looks: looks)
        order.append((id, turns))
        if let body = looks.body { put(id, in: &byLooks[body, default: []]) }
        byPrompt[looks.prompt] = id
        bytes += Self.weight(trail)
        while let oldest = order.first, bytes > mostBytes || !isCurrent(oldest) {
            order.removeFirst()
            if isCurrent(oldest) { forget(oldest.id) }
        }
        if order.count > 2 * kept.count + Self.mostPassedOver { order = Deque(order.filter(isCurrent)) }
    }

    private static let mostPassedOver = 1024

    private func put(_ id: Conversations.ID, in alike: inout [Conversations.ID]) {
        if alike.count == Self.mostAlike { alike.removeLast() }
        alike.insert(id, at: 0)
    }

    private func isCurrent(_ entry: (id: Conversations.ID, turn: UInt64)) -> Bool { kept[entry.id]?.turn == entry.turn }

    mutating func forget(_ id: Conversations.ID) {
        guard let old = kept.removeValue(forKey: id) else { return }
        bytes -= Self.weight(old.trail)
        if let body = old.looks.body {
            byLooks[body]?.removeAll { $0 == id }
            if byLooks[body]?.isEmpty ?? false { byLooks[body] = nil }
        }
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
