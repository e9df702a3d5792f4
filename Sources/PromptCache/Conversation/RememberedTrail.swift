import Glibc
import OrderedJSON

/// A request's trail with states of its hash on the way, so that a request that begins with the same bytes is compared with
/// it rather than hashed again: comparing is several times faster.
///
/// The trail that comes out is the same as without; only the time differs.
public struct RememberedTrail: Sendable {
    /// The request.
    public let request: MessagesRequest
    /// Where it is looked for.
    public let trail: PrefixTrail

    private let context: RequestContext
    private let head: PrefixKey
    private let stops: [Stop]
    /// Behind the last block in front of the messages, which other conversations may share.
    private let base: Stop?
    private let seen: [Int: Seen]

    /// What was found out at a position.
    struct Seen: Sendable {
        var key: PrefixKey
        var size: PromptSize
    }

    /// The hash behind a whole message, or behind everything in front of the messages.
    struct Stop: Sendable {
        /// Of the message; -1 in front of the first.
        var message: Int
        /// The last block.
        var block: Int
        var hash: CanonicalHash
        var size: PromptSize
    }

    /// Markers move with the last turns, and a marker that moves changes bytes: so many messages are gone back over.
    private static let messagesKept = 12

    /// - Parameters:
    ///   - request: the request.
    ///   - context: what stands around it.
    ///   - rules: of its model; how far a read looks back.
    ///   - earlier: a request that this one may have grown out of.
    public init(
        _ request: MessagesRequest, in context: RequestContext, rules: CacheRules, after earlier: RememberedTrail? = nil
    ) {
        self.request = request
        self.context = context
        let head = request.headKey(in: context)
        self.head = head
        let search = TrailSearch(request, rules)
        let stop = earlier.flatMap { $0.stop(for: request, in: context, head: head, search) }
        var seen: [Int: Seen] = [:]
        var stops: [Stop] = []
        var base: Stop?
        if let stop, let earlier {
            seen = earlier.seen.filter { $0.key <= stop.block && search.wanted.contains($0.key) }
            stops = earlier.stops.filter { $0.message <= stop.message }
            base = earlier.base
        }
        if let last = search.lastBlock {
            let ends = request.messageEnds
            let lastOfBase = request.blocks.lastIndex { $0.message == nil }
            let firstKept = max(0, ends.count - Self.messagesKept)
            request.walk(in: context, through: last, after: stop) { block, hash, size in
                if search.wanted.contains(block) { seen[block] = Seen(key: hash.key(), size: size) }
                guard let message = request.blocks[block].message else {
                    if block == lastOfBase { base = Stop(message: -1, block: block, hash: hash.settled(), size: size) }
                    return
                }
                guard message >= firstKept, ends[message] == block else { return }
                stops.append(Stop(message: message, block: block, hash: hash.settled(), size: size))
            }
        }
        trail = search.trail(seen)
        self.seen = seen
        self.stops = stops.suffix(Self.messagesKept)
        self.base = base
    }

    /// Whether a request has grown out of this one, as far as one late message shows; surely compared later.
    public func seemsContinued(by new: MessagesRequest) -> Bool {
        guard let late = stops.dropLast(2).last ?? stops.first else { return false }
        func message(_ request: MessagesRequest) -> JSONNode? {
            request["messages"]?.elements.dropFirst(late.message).first { _ in true }
        }
        guard let mine = message(request), let other = message(new) else { return false }
        return mine.hasSameBytes(as: other)
    }

    /// The last stop up to which both requests are the same, with everything known that lies before it.
    private func stop(
        for new: MessagesRequest, in context: RequestContext, head: PrefixKey, _ search: TrailSearch
    ) -> Stop? {
        guard self.context == context, self.head == head, request.hasSamePrompt(as: new) else { return nil }
        let shared = request.sharedMessages(with: new)
        let firstUnknown = search.wanted.filter { seen[$0] == nil }.min() ?? .max
        return stops.last { $0.message < shared && $0.block < firstUnknown }
            ?? base.flatMap { $0.block < firstUnknown ? $0 : nil }
    }
}

/// Which positions of a request are looked at, and the trail that their keys make.
struct TrailSearch {
    private let breakpoints: [Breakpoint]
    private let walks: [[Int]]
    let wanted: Set<Int>

    init(_ request: MessagesRequest, _ rules: CacheRules) {
        breakpoints = request.breakpoints
        walks = breakpoints.map { request.positions(from: $0.block, count: rules.lookback) }
        wanted = Set(walks.joined())
    }

    var lastBlock: Int? { breakpoints.last?.block }

    func trail(_ seen: [Int: RememberedTrail.Seen]) -> PrefixTrail {
        PrefixTrail(
            prefixes: breakpoints.compactMap { breakpoint in
                seen[breakpoint.block].map { Prefix(breakpoint: breakpoint, key: $0.key, size: $0.size) }
            },
            walks: walks.map { $0.compactMap { seen[$0]?.key } })
    }
}

extension MessagesRequest {
    /// The last block of each message; the one before it for a message without any.
    fileprivate var messageEnds: [Int] {
        var ends: [Int] = []
        for (index, block) in blocks.enumerated() {
            guard let message = block.message else { continue }
            while ends.count <= message { ends.append(index) }
            ends[message] = index
        }
        return ends
    }

    /// Whether everything in front of the messages is the same, byte for byte, and what decides over all messages too.
    fileprivate func hasSamePrompt(as other: MessagesRequest) -> Bool {
        traits == other.traits
            && ["tools", "system", "speed", "tool_choice"].allSatisfy { name in
                switch (self[name], other[name]) {
                case (nil, nil): true
                case (let a?, let b?): a.hasSameBytes(as: b)
                default: false
                }
            }
    }

    /// How many messages are the same from the first on, byte for byte.
    fileprivate func sharedMessages(with other: MessagesRequest) -> Int {
        guard let mine = self["messages"]?.elements, let others = other["messages"]?.elements else { return 0 }
        return zip(mine, others).prefix { $0.hasSameBytes(as: $1) }.count
    }
}

extension JSONNode {
    fileprivate func hasSameBytes(as other: JSONNode) -> Bool {
        range.count == other.range.count
            && bytes.withUnsafeBytes { mine in
                other.bytes.withUnsafeBytes {
                    mine.count == 0 || memcmp(mine.baseAddress!, $0.baseAddress!, mine.count) == 0
                }
            }
    }
}
