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
        if splices.count < 2 { return splices }
        return splices.enumerated().sorted {
            ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
                < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
        }.map(\.element)
    }
}

extension JSONNode {
    /// The splices that take members out of an object, each with the one comma that goes with it.
    public func removingMembers(where isRemoved: (JSONMember) -> Bool) -> [Splice] {
        let members = Array(members)
        return Self.removing(members.map(\.range), members.map(isRemoved))
    }

    /// The splices that take elements out of an array, each with the one comma that goes with it.
    public func removingElements(where isRemoved: (_ position: Int, JSONNode) -> Bool) -> [Splice] {
        let elements = Array(elements)
        return Self.removing(elements.map(\.range), elements.enumerated().map { isRemoved($0.offset, $0.element) })
    }

    private static func removing(_ ranges: [Range<Int>], _ isRemoved: [Bool]) -> [Splice] {
        guard let first = ranges.first, let last = ranges.last else { return [] }
        guard let firstKept = isRemoved.firstIndex(of: false) else {
            return [Splice(first.lowerBound..<last.upperBound, with: [])]
        }
        return ranges.indices.filter { isRemoved[$0] }.map { position in
            // Before the first that stays, each goes with the comma behind it; after it, with the comma before it.
            position < firstKept
                ? Splice(ranges[position].lowerBound..<ranges[position + 1].lowerBound, with: [])
                : Splice(ranges[position - 1].upperBound..<ranges[position].upperBound, with: [])
        }
    }

    /// The splices that give an object's member a value: in its place where it stands, else as the first member.
    public func setting(_ key: String, to value: String) -> [Splice] {
        let places = members.filter { $0.hasKey(key) }
        if !places.isEmpty { return places.map { Splice($0.value.range, with: value) } }
        let inside = range.lowerBound + 1
        let member = key.jsonLiteral + Array(":".utf8) + Array(value.utf8) + (isEmpty ? [] : [UInt8(ascii: ",")])
        return [Splice(inside..<inside, with: member)]
    }
}
