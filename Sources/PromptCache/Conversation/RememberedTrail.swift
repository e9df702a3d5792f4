import Glibc
import OrderedJSON

/// A request's trail with states of its hash on the way, so that a request that begins with the same bytes is compared with
/// it rather than hashed again: comparing is several times faster than SHA-256.
///
/// The trail that comes out is the same as without; only the time differs. A class, since it is passed on and kept as it is.
package final class RememberedTrail: Sendable {
    /// The request.
    package let request: MessagesRequest
    /// Where it is looked for.
    package let trail: PrefixTrail

    fileprivate let context: RequestContext
    fileprivate let head: PrefixKey
    fileprivate let stops: [MessagesRequest.Stop]
    /// Behind the last block in front of the messages, which other conversations may share.
    fileprivate let base: MessagesRequest.Stop?
    /// In the order of blocks.
    fileprivate let seen: [Seen]
    /// How many bytes of the body no marker that moves will change; nil if there are none to tell by.
    package let steadyBytes: Int?

    /// What was found out at a position.
    struct Seen: Sendable {
        var block: Int
        var key: PrefixKey
        var size: PromptSize
    }

    /// Markers move with the last turns, and a marker that moves changes bytes: stops lie behind the last message, the one
    /// before it, and twice as far back each time.
    private static func isStop(_ message: Int, of count: Int) -> Bool {
        let back = count - message
        return back <= 8 && back & (back - 1) == 0
    }

    private static let mostStops = 4

    /// - Parameters:
    ///   - request: the request.
    ///   - context: what stands around it.
    ///   - rules: of its model; how far a read looks back.
    ///   - kind: of the keys.
    ///   - continuation: a request that this one may have grown out of, with keys of the same kind.
    package init(
        _ request: MessagesRequest, in context: RequestContext, rules: CacheRules,
        keys kind: PrefixKey.Kind = .lasting, after continuation: Continuation? = nil
    ) {
        self.request = request
        self.context = context
        let start = request.start(in: context, keys: kind)
        let head = start.hash.key
        self.head = head
        let search = TrailSearch(request, rules)
        let stop = continuation.flatMap { $0.stop(for: request, in: context, head: head, search) }
        var seen: [Seen] = []
        seen.reserveCapacity(search.wanted.count)
        var stops: [MessagesRequest.Stop] = []
        stops.reserveCapacity(Self.mostStops)
        var base: MessagesRequest.Stop?
        if let stop, let earlier = continuation?.earlier {
            seen = search.wanted(of: earlier.seen, through: stop.block)
            stops = earlier.stops.filter { $0.message <= stop.message }
            base = earlier.base
        }
        if let last = search.lastBlock {
            let records = request.blocks.table.records
            let lastOfBase = (records.firstIndex { $0.message != nil } ?? records.count) - 1
            let messages = request.blocks.table.messages.count
            request.walk(from: stop ?? start, through: last) { block, hash, size in
                if seen.count < search.wanted.count, search.wanted[seen.count] == block {
                    seen.append(Seen(block: block, key: hash.key, size: size))
                }
                let message = records[block].message
                if block == lastOfBase {
                    base = MessagesRequest.Stop(message: -1, block: block, hash: hash.settled, size: size)
                } else if let message, Self.isStop(message, of: messages), request.isLastBlock(block, of: message) {
                    stops.append(MessagesRequest.Stop(message: message, block: block, hash: hash.settled, size: size))
                }
            }
        }
        trail = search.trail(seen)
        self.seen = seen
        if stops.count > Self.mostStops { stops.removeFirst(stops.count - Self.mostStops) }
        self.stops = stops
        self.base = base
        steadyBytes = Self.steadyBytes(of: request, stops, base)
    }

    private static func steadyBytes(
        of request: MessagesRequest, _ stops: [MessagesRequest.Stop], _ base: MessagesRequest.Stop?
    ) -> Int? {
        let table = request.blocks.table
        let steady: Int?
        if let stop = stops.first, stop.message < table.messages.count - 1 {
            steady = table.messages[stop.message].node
        } else {
            steady = base.map { table.records[$0.block].node }
        }
        return steady.map { request.text.range(at: $0).upperBound }
    }
}

extension Continuation {
    /// The last stop up to which both requests are the same, with everything known that lies before it.
    fileprivate func stop(
        for new: MessagesRequest, in context: RequestContext, head: PrefixKey, _ search: TrailSearch
    ) -> MessagesRequest.Stop? {
        guard earlier.context == context, earlier.head == head, hasSamePrompt(as: new) else { return nil }
        let messages = messages(sharedWith: new)
        let firstUnknown = search.firstUnknown(in: earlier.seen)
        return earlier.stops.last { $0.message < messages && $0.block < firstUnknown }
            ?? earlier.base.flatMap { $0.block < firstUnknown ? $0 : nil }
    }

    /// Whether everything in front of the messages is the same, byte for byte, and what decides over all messages too.
    private func hasSamePrompt(as new: MessagesRequest) -> Bool {
        earlier.request.traits == new.traits
            && ["tools", "system", "speed", "tool_choice"].allSatisfy { name in
                switch (earlier.request[name], new[name]) {
                case (nil, nil): true
                case (let old?, let new?): stands(old.index) || old.hasSameBytes(as: new)
                default: false
                }
            }
    }

    /// How many messages are the same from the first on, byte for byte.
    private func messages(sharedWith new: MessagesRequest) -> Int {
        let (old, known) = (earlier.request, sharedMessages)
        let others = zip(old.blocks.table.messages, new.blocks.table.messages).dropFirst(known)
        return known
            + others.prefix { old.text.node(at: $0.node).hasSameBytes(as: new.text.node(at: $1.node)) }.count
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
        wanted.reserveCapacity(walks.count * rules.lookback)
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
        var prefixes: [Prefix] = []
        prefixes.reserveCapacity(walks.count)
        var keys: [PrefixKey] = []
        keys.reserveCapacity(walks.reduce(0) { $0 + $1.count })
        var behind = 0
        for (breakpoint, walk) in zip(breakpoints, walks) {
            while behind < wanted.count, wanted[behind] <= walk[0] { behind += 1 }
            prefixes.append(Prefix(breakpoint: breakpoint, key: seen[behind - 1].key, size: seen[behind - 1].size))
            var index = behind
            for block in walk {
                repeat { index -= 1 } while wanted[index] != block
                keys.append(seen[index].key)
            }
        }
        var end = 0
        let ends = walks.map { walk in
            end += walk.count
            return end
        }
        return PrefixTrail(prefixes: prefixes, keys: keys, ends: ends)
    }
}

extension MessagesRequest {
    fileprivate func isLastBlock(_ block: Int, of message: Int) -> Bool {
        let records = blocks.table.records
        return block + 1 == records.count || records[block + 1].message != message
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
