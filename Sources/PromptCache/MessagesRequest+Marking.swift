import OrderedJSON

extension MessagesRequest {
    /// The same request with breakpoints placed for it, evenly over its blocks and always on the last one.
    ///
    /// Markers that are there stay, and blocks that may bear none are passed over.
    ///
    /// - Parameters:
    ///   - count: how many to place; with those that are there at most `rules.maximumBreakpoints` in all.
    ///   - lifetime: the lifetime they ask for.
    /// - Throws: ``RequestFault`` if there would be too many, or nothing can be marked.
    public func placingBreakpoints(
        _ count: Int, lifetime: Lifetime = .fiveMinutes, rules: CacheRules
    ) throws(RequestFault) -> [UInt8] {
        let present = blocks.flatMap(\.markers).count + (automatic == nil ? 0 : 1)
        guard count >= 0, present + count <= rules.maximumBreakpoints else {
            throw RequestFault(
                "\(present) breakpoints are set and \(count) more asked for, but at most \(rules.maximumBreakpoints) "
                    + "are allowed; ask for at most \(max(0, rules.maximumBreakpoints - present))")
        }
        if count == 0 { return bytes }
        let free = blocks.filter { $0.mayBearMarker && $0.markers.isEmpty }
        guard !free.isEmpty else {
            throw RequestFault("there is no block to mark; give it tools, a system prompt or messages with text")
        }
        let placed = min(count, free.count)
        let chosen = (1...placed).map { free[$0 * free.count / placed - 1] }
        return text.splicing(chosen.flatMap { Self.marking($0, lifetime) })
    }
}
