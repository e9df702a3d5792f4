/// Where in the cache a request is looked for: for each of its breakpoints the keys of the positions that the provider
/// walks back over, and whether a request before it may have ended there.
public struct PrefixTrail: Hashable, Sendable {
    /// The prefixes that the request writes, in order.
    public let prefixes: [Prefix]
    /// For one prefix after the other the keys from its breakpoint back, the breakpoint's own first.
    let keys: [PrefixKey]
    /// For each prefix where its keys end.
    let ends: [Int]

    /// For each prefix the keys from its breakpoint back, the breakpoint's own first.
    package var walks: [[PrefixKey]] { ends.indices.map { Array(walk($0)) } }

    func walk(_ prefix: Int) -> ArraySlice<PrefixKey> { keys[(prefix == 0 ? 0 : ends[prefix - 1])..<ends[prefix]] }

    /// The prefix as a whole; nil for a request without a breakpoint.
    public var last: Prefix? { prefixes.last }

    /// The longest prefix that is known already, as the provider finds it: from the last breakpoint back, then from the one
    /// before it.
    ///
    /// - Returns: its key, and how many positions in front of its breakpoint it ends; nil if nothing is known.
    public func longestMatch(where isKnown: (PrefixKey) -> Bool) -> (key: PrefixKey, positionsBack: Int)? {
        for prefix in ends.indices.reversed() {
            let walk = walk(prefix)
            if let found = walk.firstIndex(where: isKnown) { return (walk[found], found - walk.startIndex) }
        }
        return nil
    }
}

extension MessagesRequest {
    /// Follows the provider's search for this request in the cache.
    ///
    /// - Parameters:
    ///   - context: what stands around it.
    ///   - rules: of its model; how far a read looks back.
    public func trail(in context: RequestContext, rules: CacheRules) -> PrefixTrail {
        RememberedTrail(self, in: context, rules: rules).trail
    }

    /// The last blocks of the positions from a block back. A run of calls counts as one position, as does one of results.
    func positions(from block: Int, count: Int) -> [Int] {
        let records = blocks.table.records
        var found: [Int] = []
        found.reserveCapacity(min(count, block + 1))
        found.append(block)
        var index = block - 1
        while index >= 0, found.count < count {
            let kind = records[index].kind
            let isWithinRun = (kind == .toolUse || kind == .toolResult) && records[index + 1].kind == kind
            if !isWithinRun { found.append(index) }
            index -= 1
        }
        return found
    }
}

extension MessagesRequest {
    /// Where the requests of earlier turns of its conversation have ended, the last first: with a message of the same role
    /// as its own last breakpoint's, as far as the provider's search goes.
    ///
    /// - Parameters:
    ///   - trail: its own.
    ///   - known: turns that need not be named, nor any before them.
    public func earlierTurns(_ trail: PrefixTrail, after known: Set<PrefixKey> = []) -> [PrefixKey] {
        guard let last = trail.last?.breakpoint.block, let role = blocks[last].role else { return [] }
        var turns: [PrefixKey] = []
        for index in trail.prefixes.indices.reversed() {
            let walk = trail.walk(index)
            let start = trail.prefixes[index].breakpoint.block
            if blocks[start].role == nil { break }
            for (block, key) in zip(positions(from: start, count: walk.count), walk) {
                if known.contains(key) { return turns }
                let isEnd = block < last && blocks[block + 1].message != blocks[block].message
                if isEnd, blocks[block].role == role, !turns.contains(key) { turns.append(key) }
            }
        }
        return turns
    }
}
