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
    private let stops: [MessagesRequest.Stop]
    /// Behind the last block in front of the messages, which other conversations may share.
    private let base: MessagesRequest.Stop?
    /// In the order of blocks.
    private let seen: [Seen]

    /// What was found out at a position.
    struct Seen: Sendable {
        var block: Int
        var key: PrefixKey
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
        var start = request.start(in: context)
        let head = start.hash.key()
        self.head = head
        let search = TrailSearch(request, rules)
        let stop = earlier.flatMap { $0.stop(for: request, in: context, head: head, search) }
        var seen: [Seen] = []
        var stops: [MessagesRequest.Stop] = []
        var base: MessagesRequest.Stop?
        if let stop, let earlier {
            seen = search.wanted(of: earlier.seen, through: stop.block)
            stops = earlier.stops.filter { $0.message <= stop.message }
            base = earlier.base
        }
        if let last = search.lastBlock {
            let records = request.blocks.table.records
            let lastOfBase = (records.firstIndex { $0.message != nil } ?? records.count) - 1
            let firstKept = request.blocks.table.messages.count - Self.messagesKept
            request.walk(from: stop ?? start, through: last) { block, hash, size in
                if seen.count < search.wanted.count, search.wanted[seen.count] == block {
                    seen.append(Seen(block: block, key: hash.key(), size: size))
                }
                let message = records[block].message
                if block == lastOfBase {
                    base = MessagesRequest.Stop(message: -1, block: block, hash: hash.settled(), size: size)
                } else if let message, message >= firstKept, request.isLastBlock(block, of: message) {
                    stops.append(MessagesRequest.Stop(message: message, block: block, hash: hash.settled(), size: size))
                }
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
        guard let mine = request.message(late.message), let other = new.message(late.message) else { return false }
        return mine.hasSameBytes(as: other)
    }

    /// The last stop up to which both requests are the same, with everything known that lies before it.
    private func stop(
        for new: MessagesRequest, in context: RequestContext, head: PrefixKey, _ search: TrailSearch
    ) -> MessagesRequest.Stop? {
        guard self.context == context, self.head == head, request.hasSamePrompt(as: new) else { return nil }
        let shared = request.sharedMessages(with: new)
        let firstUnknown = search.firstUnknown(in: seen)
        return stops.last { $0.message < shared && $0.block < firstUnknown }
            ?? base.flatMap { $0.block < firstUnknown ? $0 : nil }
    }
}

/// Which positions of a request are looked at, and the trail that their keys make.
struct TrailSearch {
    private let breakpoints: [Breakpoint]
    private let walks: [[Int]]
    /// In order, each once.
    let wanted: [Int]

    init(_ request: MessagesRequest, _ rules: CacheRules) {
        breakpoints = request.breakpoints
        walks = breakpoints.map { request.positions(from: $0.block, count: rules.lookback) }
        var wanted: [Int] = []
        // Walks overlap, and each goes back: what one has already gone over ends the next.
        for walk in walks {
            let last = wanted.last ?? -1
            let fresh = walk.prefix { $0 > last }
            wanted += fresh.reversed()
        }
        self.wanted = wanted
    }

    var lastBlock: Int? { breakpoints.last?.block }

    /// What is wanted of what is known, up to a block.
    func wanted(of known: [RememberedTrail.Seen], through last: Int) -> [RememberedTrail.Seen] {
        var next = 0
        return known.prefix { $0.block <= last }.filter { seen in
            while next < wanted.count, wanted[next] < seen.block { next += 1 }
            return next < wanted.count && wanted[next] == seen.block
        }
    }

    /// The first that is wanted and not known.
    func firstUnknown(in known: [RememberedTrail.Seen]) -> Int {
        var next = 0
        return wanted.first { block in
            while next < known.count, known[next].block < block { next += 1 }
            return next == known.count || known[next].block != block
        } ?? .max
    }

    /// - Parameter seen: everything that is wanted, in order.
    func trail(_ seen: [RememberedTrail.Seen]) -> PrefixTrail {
        let found = walks.map { walk in
            var index = wanted.count
            return walk.map { block in
                repeat { index -= 1 } while wanted[index] != block
                return seen[index]
            }
        }
        return PrefixTrail(
            prefixes: zip(breakpoints, found).map { Prefix(breakpoint: $0, key: $1[0].key, size: $1[0].size) },
            walks: found.map { $0.map(\.key) })
    }
}

extension MessagesRequest {
    fileprivate func message(_ position: Int) -> JSONNode? {
        let messages = blocks.table.messages
        return position < messages.count ? text.node(at: messages[position].node) : nil
    }

    fileprivate func isLastBlock(_ block: Int, of message: Int) -> Bool {
        let records = blocks.table.records
        return block + 1 == records.count || records[block + 1].message != message
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
        zip(blocks.table.messages, other.blocks.table.messages).prefix { mine, others in
            text.node(at: mine.node).hasSameBytes(as: other.text.node(at: others.node))
        }.count
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
