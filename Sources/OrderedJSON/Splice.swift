/// Bytes to stand in the place of others.
public struct Splice: Sendable {
    /// What goes; empty to insert.
    public var range: Range<Int>
    /// What comes instead; empty to delete.
    public var replacement: [UInt8]

    /// Puts `replacement` in the place of `range`.
    public init(_ range: Range<Int>, with replacement: [UInt8]) {
        self.range = range
        self.replacement = replacement
    }

    /// Puts UTF-8 text in the place of `range`.
    public init(_ range: Range<Int>, with replacement: String) {
        self.init(range, with: Array(replacement.utf8))
    }
}

extension JSONText {
    /// The bytes with some of them replaced and all others as they are.
    ///
    /// - Parameter splices: in any order, not overlapping. Several insertions at one place keep their order.
    public func splicing(_ splices: [Splice]) -> [UInt8] {
        let ordered = Self.ordered(splices)
        let growth = ordered.reduce(0) { $0 + $1.replacement.count - $1.range.count }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + growth)
        var copied = 0
        for splice in ordered {
            precondition(splice.range.lowerBound >= copied, "splices overlap")
            out += bytes[copied..<splice.range.lowerBound]
            out += splice.replacement
            copied = splice.range.upperBound
        }
        out += bytes[copied...]
        return out
    }

    private static func ordered(_ splices: [Splice]) -> [Splice] {
        // Sorting is stable, so that insertions at one place keep their order.
        splices.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    }
}

extension JSONNode {
    /// The splices that take members out of an object, each with the one comma that goes with it.
    public func removingMembers(where isRemoved: (JSONMember) -> Bool) -> [Splice] {
        var removal = Removal()
        for member in members { removal.pass(member.range, isRemoved: isRemoved(member)) }
        return removal.splices()
    }

    /// The splices that take elements out of an array, each with the one comma that goes with it.
    public func removingElements(where isRemoved: (_ position: Int, JSONNode) -> Bool) -> [Splice] {
        var removal = Removal()
        for (position, element) in elements.enumerated() {
            removal.pass(element.range, isRemoved: isRemoved(position, element))
        }
        return removal.splices()
    }

    /// Goes along the members or elements in order. Before the first that stays, each goes with the comma behind it;
    /// after it, with the comma before it.
    private struct Removal {
        private var found: [Splice] = []
        /// From the first to the last of those that go before any that stays.
        private var leading: Range<Int>?
        private var behindPrevious: Int?

        mutating func pass(_ range: Range<Int>, isRemoved: Bool) {
            if let behindPrevious {
                if isRemoved { found.append(Splice(behindPrevious..<range.upperBound, with: [])) }
                self.behindPrevious = range.upperBound
            } else if isRemoved {
                leading = (leading?.lowerBound ?? range.lowerBound)..<range.upperBound
            } else {
                if let leading { found.append(Splice(leading.lowerBound..<range.lowerBound, with: [])) }
                leading = nil
                behindPrevious = range.upperBound
            }
        }

        func splices() -> [Splice] { leading.map { [Splice($0, with: [])] } ?? found }
    }

    /// The splices that give an object's member a value: in its place where it stands, else as the first member.
    public func setting(_ key: String, to value: String) -> [Splice] {
        var places: [Splice] = []
        for member in members where member.hasKey(key) { places.append(Splice(member.value.range, with: value)) }
        if !places.isEmpty { return places }
        let inside = range.lowerBound + 1
        let member = key.jsonLiteral + Array(":".utf8) + Array(value.utf8) + (isEmpty ? [] : [UInt8(ascii: ",")])
        return [Splice(inside..<inside, with: member)]
    }
}
