/// The end of a prefix that the provider writes to the cache.
public struct Breakpoint: Hashable, Sendable {
    /// The position of its block in `MessagesRequest.blocks`.
    public let block: Int
    /// Where the block stands, for example `system.0`.
    public let path: String
    /// The lifetime asked for.
    public let lifetime: Lifetime
    /// Whether it comes from the top-level `cache_control` and moves with the last block.
    public let isAutomatic: Bool
}

extension MessagesRequest {
    /// Where this request would be written to the cache, in order: explicit markers, then the automatic one where it
    /// lands on a block of its own.
    public var breakpoints: [Breakpoint] {
        var found = explicitBreakpoints
        if let automatic, let landing = landingOfAutomatic, blocks[landing].markedLifetime == nil {
            found.append(
                Breakpoint(
                    block: landing, path: blocks[landing].path, lifetime: automatic.lifetime, isAutomatic: true))
            found.sort { $0.block < $1.block }
        }
        return found
    }

    private var explicitBreakpoints: [Breakpoint] {
        let table = blocks.table
        var found: [Breakpoint] = []
        found.reserveCapacity(table.markers.count)
        for (index, record) in table.records.enumerated() {
            let markers = table.markers[record.markers]
            guard let marker = markers.first, let lifetime = markers.lazy.map(\.lifetime).max() else { continue }
            // Only those of a tool result may stand within it.
            let path = record.kind == .toolResult ? table.path(of: record) : marker.path
            found.append(Breakpoint(block: index, path: path, lifetime: lifetime, isAutomatic: false))
        }
        return found
    }

    /// The last block that may bear a marker; the provider walks back to it silently.
    private var landingOfAutomatic: Int? { blocks.lastIndex(where: \.mayBearMarker) }

    /// What the provider would refuse about the markers, before anything is sent.
    ///
    /// - Parameter rules: the rules of the model.
    /// - Throws: the first fault, in the provider's order.
    public func checkMarkers(_ rules: CacheRules) throws(RequestFault) {
        let markers = blocks.markers
        for block in blocks where !block.markers.isEmpty && !block.mayBearMarker {
            throw RequestFault(
                path: block.markers[0].path,
                block.type == "text"
                    ? "cache_control cannot be set for empty text; mark a block that has text"
                    : "cache_control cannot be set for \(block.type); mark the block before or after it")
        }
        let landing = automatic == nil ? nil : landingOfAutomatic
        let automaticAlone = landing.flatMap { blocks[$0].markedLifetime == nil ? automatic : nil }
        let count = markers.count + (automaticAlone == nil ? 0 : 1)
        if count > rules.maximumBreakpoints {
            throw RequestFault(
                "at most \(rules.maximumBreakpoints) cache_control markers may be set, found \(count)"
                    + "; remove \(count - rules.maximumBreakpoints)")
        }
        if let automatic, let landing, let own = blocks[landing].markedLifetime, own != automatic.lifetime {
            throw RequestFault(
                path: "cache_control",
                "asks for \(automatic.lifetime.rawValue) where \(blocks[landing].path) asks for \(own.rawValue)"
                    + "; use one lifetime")
        }
        try checkOrder(markers + [automaticAlone].compactMap(\.self))
    }

    private func checkOrder(_ markers: [CacheMarker]) throws(RequestFault) {
        guard let short = markers.firstIndex(where: { $0.lifetime == .fiveMinutes }),
            let long = markers[short...].first(where: { $0.lifetime == .oneHour })
        else { return }
        throw RequestFault(
            path: long.path.isEmpty ? "cache_control" : long.path,
            "a 1h cache_control must not come after the 5m one at \(markers[short].path); move it before, or use one "
                + "lifetime for both")
    }
}
