import OrderedJSON

extension MessagesRequest {
    /// The same request with breakpoints placed for it, evenly over its blocks and always on the last one.
    ///
    /// Markers that are there stay, and blocks that may bear none are passed over.
    ///
    /// - Parameters:
    ///   - count: how many to place; with those that are there at most `rules.maximumBreakpoints` in all.
    ///   - lifetime: the lifetime they ask for.
    /// - Throws: ``RequestFault`` if there would be too many, if nothing can be marked, or if the provider would refuse the
    ///   markers: for example one of 5 minutes in front of one of an hour.
    public func placingBreakpoints(
        _ count: Int, lifetime: Lifetime = .fiveMinutes, rules: CacheRules
    ) throws(RequestFault) -> [UInt8] {
        let present = markerCount
        guard count >= 0, present + count <= rules.maximumBreakpoints else {
            throw RequestFault(
                "\(present) breakpoints are set and \(count) more asked for, but at most \(rules.maximumBreakpoints) "
                    + "are allowed; ask for at most \(max(0, rules.maximumBreakpoints - present))")
        }
        if count == 0 { return bytes }
        let taken = Set(breakpoints.map(\.block))
        let free = blocks.indices.filter { !taken.contains($0) && blocks[$0].mayBearMarker }.map { blocks[$0] }
        guard !free.isEmpty else {
            throw RequestFault("there is no block to mark; give it tools, a system prompt or messages with text")
        }
        let placed = min(count, free.count)
        let chosen = (1...placed).map { free[$0 * free.count / placed - 1] }
        let marked = text.splicing(chosen.flatMap { Self.marking($0, lifetime) })
        try MessagesRequest(marked).checkMarkers(rules)
        return marked
    }

    /// The same request with all its markers asking for one lifetime. It is the same prefix to the provider.
    public func asking(for lifetime: Lifetime) -> [UInt8] {
        let markers = blocks.markers + (automatic.map { [$0] } ?? [])
        let member = "\"\(CacheMarker.key)\":\(Self.marker(lifetime))"
        return text.splicing(markers.filter { $0.lifetime != lifetime }.map { Splice($0.range, with: member) })
    }

    /// What stands for a lifetime in a request.
    static func marker(_ lifetime: Lifetime) -> String {
        lifetime == .oneHour ? #"{"type":"ephemeral","ttl":"1h"}"# : #"{"type":"ephemeral"}"#
    }
}
