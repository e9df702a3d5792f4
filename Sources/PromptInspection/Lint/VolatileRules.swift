import OrderedJSON
import PromptCache

/// Times and identifiers in the part of a prompt that requests are to share.
///
/// Only tools and system are looked through: what stands in messages was said once and stays as it was said.
enum VolatileRules {
    static func check(_ subject: LintSubject) -> [Finding] {
        guard let last = subject.breakpoints.last else { return [] }
        let request = subject.request
        return request.blocks.indices.prefix(last.block + 1).flatMap { index -> [Finding] in
            let block = request.blocks[index]
            guard block.part != .messages, let spot = first(in: block.node, path: block.path) else { return [] }
            let isMarked = subject.breakpoints.contains { $0.block == index }
            // Everything that is cached from here on is written again with every request.
            let before =
                index > 0 ? subject.breakpoints.last { $0.block < index }.map { subject.tokens[$0.block] } ?? 0 : 0
            return [
                subject.finding(
                    isMarked ? .markerOnVolatile : .volatileBeforeMarker, .warning, path: spot.path, at: spot.offset,
                    isMarked
                        ? "the marked block has \(spot.what) in it: if it changes, what is written is never read"
                        : "\(spot.what) stands in front of the marker at \(last.path): if it changes, all behind it is "
                            + "written again",
                    fix: "move it behind the last marker, for example into the user's message",
                    rewrites: subject.cachedTokens - before, lifetime: last.lifetime)
            ]
        }
    }

    private struct Spot {
        var path: String
        var offset: Int
        var what: String
    }

    /// The first volatile text in a block, wherever it nests.
    private static func first(in node: JSONNode, path: String) -> Spot? {
        switch node.kind {
        case .string: return spot(node, path)
        case .array:
            for (position, element) in node.elements.enumerated() {
                if let found = first(in: element, path: "\(path).\(position)") { return found }
            }
        case .object:
            for member in node.members {
                if let found = first(in: member.value, path: NodeComparison.join(path, member.name)) { return found }
            }
        default: break
        }
        return nil
    }

    private static func spot(_ node: JSONNode, _ path: String) -> Spot? {
        // Too short for any of it.
        guard node.range.count >= 10 else { return nil }
        let text = node.decodedBytes
        for spot in VolatileScanner.spots(in: text) where spot.kind != .date || isCalledCurrent(spot.range, in: text) {
            let what =
                switch spot.kind {
                case .timestamp: "a time"
                case .date: "today's date"
                case .uuid: "a UUID"
                }
            return Spot(path: path, offset: node.range.lowerBound, what: what)
        }
        return nil
    }

    /// A date alone may be that of a law or an interface; one that is called today's is not.
    private static func isCalledCurrent(_ range: Range<Int>, in text: [UInt8]) -> Bool {
        let before = String(decoding: text[max(0, range.lowerBound - 40)..<range.lowerBound], as: UTF8.self)
            .lowercased()
        return ["today", "current", "now", "date is", "date:"].contains(where: before.contains)
    }
}
