import OrderedJSON

/// A request that another may go on from, and how many bytes the two begin with in common, as far as that is known.
package struct Continuation: Sendable {
    /// The request that came before.
    package let earlier: RememberedTrail
    /// The bytes that both begin with.
    package let shared: Int

    /// Of a request that may have much in common with the next one, or nothing.
    package init(after earlier: RememberedTrail) { self.init(after: earlier, sharing: 0) }

    init(after earlier: RememberedTrail, sharing shared: Int) {
        self.earlier = earlier
        self.shared = shared
    }

    /// Whether a value of the earlier one is known to stand in both; the values in front of it then are so too.
    func stands(_ place: Int) -> Bool { earlier.request.text.range(at: place).upperBound < shared }

    /// How many messages are known to stand in both, from the first on.
    var sharedMessages: Int {
        let messages = earlier.request.blocks.table.messages
        return (messages.lastIndex { stands($0.node) } ?? -1) + 1
    }
}

extension RememberedTrail {
    /// How far a body goes on from this request; nil unless all that is steady of it stands in both.
    package func continuation(by body: [UInt8]) -> Continuation? {
        guard let steady = steadyBytes, steady < body.count else { return nil }
        // The last bytes tell most others apart.
        let glance = max(0, steady - Self.bytesOfGlance)..<steady
        guard request.bytes[glance] == body[glance] else { return nil }
        let shared = request.text.sharedBytes(with: body)
        return shared > steady ? Continuation(after: self, sharing: shared) : nil
    }

    private static let bytesOfGlance = 64
}
