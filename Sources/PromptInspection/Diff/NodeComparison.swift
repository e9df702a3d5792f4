import OrderedJSON

/// The first place where two JSON values differ for the cache: strings by what they decode to, numbers by their spelling,
/// objects by the order of their keys, markers not at all.
struct NodeComparison {
    /// A place below the values compared.
    struct Divergence {
        var path: String
        var offsetA: Int
        var offsetB: Int
        var kind: DifferenceKind
    }

    /// How blocks are compared: their own markers left out, and those nested in a tool result's content.
    enum Markers {
        case none, own, ownAndNested
    }

    static func first(_ a: JSONNode, _ b: JSONNode, path: String, markers: Markers = .none) -> Divergence? {
        if a.isMinified, b.isMinified, a.bytes == b.bytes { return nil }
        guard a.kind == b.kind else { return divergence(a, b, path, .value) }
        switch a.kind {
        case .object: return object(a, b, path, markers)
        case .array: return array(a, b, path, markers)
        case .string: return string(a, b, path)
        case .number where a.bytes != b.bytes: return divergence(a, b, path, ScalarChange.ofNumbers(a, b))
        default: return nil
        }
    }

    static func equal(_ a: JSONNode, _ b: JSONNode, markers: Markers = .none) -> Bool {
        first(a, b, path: "", markers: markers) == nil
    }

    static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    private static func divergence(
        _ a: JSONNode, _ b: JSONNode, _ path: String, _ kind: DifferenceKind
    ) -> Divergence {
        Divergence(path: path, offsetA: a.range.lowerBound, offsetB: b.range.lowerBound, kind: kind)
    }

    private static func object(_ a: JSONNode, _ b: JSONNode, _ path: String, _ markers: Markers) -> Divergence? {
        func seen(_ node: JSONNode) -> [JSONMember] {
            node.members.filter { markers == .none || !$0.hasKey("cache_control") }
        }
        let (left, right) = (seen(a), seen(b))
        for position in 0..<max(left.count, right.count) {
            guard position < left.count, position < right.count else {
                let extra = position < left.count ? left[position] : right[position]
                return Divergence(
                    path: join(path, extra.name),
                    offsetA: position < left.count ? extra.range.lowerBound : a.range.upperBound - 1,
                    offsetB: position < right.count ? extra.range.lowerBound : b.range.upperBound - 1,
                    kind: position < left.count ? .removed : .added)
            }
            let (one, other) = (left[position], right[position])
            guard equal(one.key, other.key) else {
                return Divergence(
                    path: join(path, one.name), offsetA: one.range.lowerBound, offsetB: other.range.lowerBound,
                    kind: kindOfKeys(left.map(\.name), right.map(\.name), position))
            }
            let inner: Markers = markers == .ownAndNested && one.hasKey("content") ? .own : .none
            if let found = first(one.value, other.value, path: join(path, one.name), markers: inner) { return found }
        }
        return nil
    }

    private static func kindOfKeys(_ a: [String], _ b: [String], _ position: Int) -> DifferenceKind {
        if a.sorted() == b.sorted() { return .orderOfKeys }
        if !a.contains(b[position]) { return .added }
        return b.contains(a[position]) ? .orderOfKeys : .removed
    }

    private static func array(_ a: JSONNode, _ b: JSONNode, _ path: String, _ markers: Markers) -> Divergence? {
        let (left, right) = (Array(a.elements), Array(b.elements))
        for position in 0..<max(left.count, right.count) {
            let place = join(path, String(position))
            guard position < left.count, position < right.count else {
                return Divergence(
                    path: place,
                    offsetA: position < left.count ? left[position].range.lowerBound : a.range.upperBound - 1,
                    offsetB: position < right.count ? right[position].range.lowerBound : b.range.upperBound - 1,
                    kind: position < left.count ? .removed : .added)
            }
            // Markers stand in the objects of a list, and no deeper.
            if let found = first(left[position], right[position], path: place, markers: markers) { return found }
        }
        return nil
    }

    private static func string(_ a: JSONNode, _ b: JSONNode, _ path: String) -> Divergence? {
        let (left, right) = (a.decodedBytes, b.decodedBytes)
        guard left != right else { return nil }
        let common = zip(left, right).prefix { $0 == $1 }.count
        return Divergence(
            path: path, offsetA: a.offset(ofDecoded: common, in: left), offsetB: b.offset(ofDecoded: common, in: right),
            kind: ScalarChange.ofTexts(left, right, at: common))
    }
}

extension JSONNode {
    /// Where in the text a byte of the decoded string was written.
    fileprivate func offset(ofDecoded position: Int, in decoded: [UInt8]) -> Int {
        let start = range.lowerBound + 1
        // Without an escape every byte stands for itself.
        guard range.count - 2 != decoded.count else { return start + position }
        var at = start
        var passed = 0
        while passed < position, at < range.upperBound - 1 {
            let next = bytes[at] == UInt8(ascii: "\\") ? at + (bytes[at + 1] == UInt8(ascii: "u") ? 6 : 2) : at + 1
            // How long the escape is once decoded: of a pair of surrogates, the first half says.
            if next == at + 6, let unit = UInt32(String(decoding: bytes[at + 2..<next], as: UTF8.self), radix: 16) {
                let isPair =
                    unit & 0xFC00 == 0xD800 && at + 12 <= range.upperBound - 1 && bytes[next] == UInt8(ascii: "\\")
                let length = isPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
                if passed + length > position { return at }
                passed += length
                at = isPair ? next + 6 : next
            } else {
                passed += 1
                at = next
            }
        }
        return at
    }
}
