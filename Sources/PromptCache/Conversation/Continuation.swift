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
    /// How far a body goes on from this request; nil unless nearly all of it stands in both, at the same place.
    package func continuation(by body: [UInt8]) -> Continuation? {
        guard let late = latePlace else { return nil }
        let text = request.text
        let range = text.range(at: late)
        let end = range.suffix(Self.bytesOfGlance)
        // Few bytes tell most others apart.
        guard range.upperBound < body.count, text.bytes[end] == body[end] else { return nil }
        let continuation = Continuation(after: self, sharing: text.sharedBytes(with: body))
        return continuation.stands(late) ? continuation : nil
    }

    private static let bytesOfGlance = 64
}
