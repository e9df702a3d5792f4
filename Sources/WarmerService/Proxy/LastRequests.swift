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
    private struct Looks: Hashable {
        /// Of its beginning.
        var beginning: Int
        /// Where its first message stands, or as much of it as a glance shows.
        var place: Range<Int>
        /// Of its beginning and its first message.
        var whole: Int
        /// Of its model, tools and system.
        var prompt: Int

        init(_ request: MessagesRequest, realm: Int) {
            beginning = Self.beginning(of: request.bytes, realm: realm)
            place = request.firstMessage.map { Self.place(in: $0.range) } ?? 0..<0
            whole = Self.whole(beginning, request.bytes, place)
            prompt = [request["tools"], request["system"]].reduce(
                Self.glance(Array(request.model.name.utf8)[...], realm)
            ) {
                looks, node in node.map { Self.glance($0.bytes, looks) } ?? looks
            }
        }

        /// Short: with more of it, what changes from turn to turn might be seen.
        static func beginning(of body: [UInt8], realm: Int) -> Int { glance(body.prefix(32), realm) }

        static func whole(_ beginning: Int, _ body: [UInt8], _ place: Range<Int>) -> Int {
            glance(body[place], beginning)
        }

        /// Lengths are powers of two, so that there are few of them to try.
        private static func place(in message: Range<Int>) -> Range<Int> {
            let length = 1 << (Int.bitWidth - 1 - message.count.leadingZeroBitCount)
            return message.prefix(min(length, most))
        }

        private static let most = 256

        private static func glance(_ bytes: ArraySlice<UInt8>, _ before: Int) -> Int {
            var hasher = Hasher()
            hasher.combine(before)
            bytes.prefix(most).withUnsafeBytes { hasher.combine(bytes: $0) }
            return hasher.finalize()
        }
    }

    private var kept: [Conversations.ID: Kept] = [:]
    /// By when they came, the oldest first; one that has come again since, or was forgotten, is passed over.
    private var order: Deque<(id: Conversations.ID, turn: UInt64)> = []
    /// The last few of each look, the latest first.
    private var byLooks: [Int: [Conversations.ID]] = [:]
    /// For each beginning where first messages stand behind it, of the last few that differ.
    private var places: [Int: [Range<Int>]] = [:]
    /// The last over each prompt.
    private var byPrompt: [Int: Conversations.ID] = [:]
    private var bytes = 0
    private var turns: UInt64 = 0
    private let mostBytes: Int

    init(mostBytes: Int) { self.mostBytes = mostBytes }

    /// The request that a body goes on from: the one that it shares most with.
    func continuation(by body: [UInt8], realm: Int) -> Continuation? {
        let beginning = Looks.beginning(of: body, realm: realm)
        let alike = (places[beginning] ?? []).lazy.filter { $0.upperBound <= body.count }
            .flatMap { byLooks[Looks.whole(beginning, body, $0)] ?? [] }
        return alike.compactMap { kept[$0]?.trail.continuation(by: body) }.max { $0.shared < $1.shared }
    }

    /// A request that another perhaps has much in common with, if only its prompt, so that this need not be hashed again.
    func relative(of request: MessagesRequest, realm: Int) -> Continuation? {
        let looks = Looks(request, realm: realm)
        let nearest = byLooks[looks.whole]?.first ?? byPrompt[looks.prompt]
        return nearest.flatMap { kept[$0] }.map { Continuation(after: $0.trail) }
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
        if places[looks.beginning]?.first != looks.place {
            let others = (places[looks.beginning] ?? []).filter { $0 != looks.place }
            places[looks.beginning] = [looks.place] + others.prefix(Self.mostPlaces - 1)
        }
        bytes += Self.weight(trail)
        while let oldest = order.first, bytes > mostBytes || !isCurrent(oldest) {
            order.removeFirst()
            if isCurrent(oldest) { forget(oldest.id) }
        }
        if order.count > 2 * kept.count + Self.mostPassedOver { order = Deque(order.filter(isCurrent)) }
        if places.count > 2 * kept.count + Self.mostPassedOver {
            let beginnings = Set(kept.values.map(\.looks.beginning))
            places = places.filter { beginnings.contains($0.key) }
        }
    }

    private static let mostPlaces = 8
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
