import OrderedJSON
import PromptCache

/// What differs in the bytes of two requests though the cache sees it not: settings of the response, the place of markers,
/// the order of top-level members, white space and escapes.
struct UnseenDifferences {
    let a: MessagesRequest
    let b: MessagesRequest

    /// In this order: settings, markers, order, spelling.
    /// - Parameter limit: where in A they part for the cache, if they do: spelling is not looked at beyond.
    func all(before limit: Int?) -> [Difference] {
        if a.bytes == b.bytes { return [] }
        return settings + [marker, order, spelling(before: limit)].compactMap(\.self)
    }

    private var settings: [Difference] {
        MessagesRequest.unseenMembers.sorted().compactMap { name in
            RequestWalk.member(name, a.text.root, b.text.root).map {
                Difference(
                    part: .settings, path: $0.path, offsetA: $0.offsetA, offsetB: $0.offsetB, kind: .notSeen,
                    counts: false)
            }
        }
    }

    private var marker: Difference? {
        func markers(_ request: MessagesRequest) -> [CacheMarker] {
            request.blocks.markers + [request.automatic].compactMap(\.self)
        }
        let (left, right) = (markers(a), markers(b))
        let common = zip(left, right).prefix { $0.path == $1.path && $0.lifetime == $1.lifetime }.count
        guard common < left.count || common < right.count else { return nil }
        let one = common < left.count ? left[common] : nil
        let other = common < right.count ? right[common] : nil
        // The earlier of the two is where they part.
        let path = [one, other].compactMap(\.self).min { rank($0.path) < rank($1.path) }?.path ?? ""
        let part = [a, b].lazy.compactMap { $0.blocks.first { path.hasPrefix($0.path) } }.first?.part
        return Difference(
            part: part.map(Difference.Part.init) ?? .settings, path: NodeComparison.join(path, "cache_control"),
            offsetA: one?.range.lowerBound ?? place(path, in: a),
            offsetB: other?.range.lowerBound ?? place(path, in: b),
            kind: .markerOnly, counts: false)
    }

    private func rank(_ path: String) -> Int {
        (a.blocks.firstIndex { path.hasPrefix($0.path) } ?? b.blocks.firstIndex { path.hasPrefix($0.path) }) ?? .max
    }

    private func place(_ path: String, in request: MessagesRequest) -> Int {
        let block = request.blocks.first { path.hasPrefix($0.path) }
        return (block?.node.range ?? request.text.root.range).upperBound - 1
    }

    private var order: Difference? {
        let (left, right) = (Array(a.text.root.members), Array(b.text.root.members))
        let names = (left.map(\.name), right.map(\.name))
        // Only of those that both have.
        let common = (names.0.filter(names.1.contains), names.1.filter(names.0.contains))
        guard let first = zip(common.0, common.1).first(where: { $0 != $1 }),
            let one = left.first(where: { $0.name == first.0 }), let other = right.first(where: { $0.name == first.1 })
        else { return nil }
        return Difference(
            part: .settings, path: first.0, offsetA: one.range.lowerBound, offsetB: other.range.lowerBound,
            kind: .orderOfKeys, counts: false)
    }

    /// The first byte that differs, if it is white space between tokens, or the same character spelled otherwise.
    private func spelling(before limit: Int?) -> Difference? {
        let (left, right) = (a.bytes, b.bytes)
        var at = 0
        var isInString = false
        while at < left.count, at < right.count, left[at] == right[at] {
            if left[at] == UInt8(ascii: "\"") { isInString.toggle() }
            // The character behind a backslash ends no string.
            if isInString, left[at] == UInt8(ascii: "\\"), at + 1 < min(left.count, right.count),
                left[at + 1] == right[at + 1]
            {
                at += 1
            }
            at += 1
        }
        guard at < left.count || at < right.count, limit.map({ at < $0 }) ?? true else { return nil }
        let bytes = [left, right].compactMap { at < $0.count ? $0[at] : nil }
        let kind: DifferenceKind
        if isInString, bytes.contains(UInt8(ascii: "\\")) || at > 0 && left[at - 1] == UInt8(ascii: "\\") {
            kind = .escapes
        } else if !isInString, bytes.contains(where: ScalarChange.isSpace) {
            kind = .whitespace
        } else {
            return nil
        }
        let block = a.blocks.first { $0.node.range.contains(at) }
        return Difference(
            part: block.map { Difference.Part($0.part) } ?? .settings, path: block?.path ?? "", offsetA: at,
            offsetB: at,
            kind: kind, counts: false)
    }
}
