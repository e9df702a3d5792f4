import OrderedJSON
import PromptCache
import PromptInspection

/// What parts a request from one before it that it should have gone on from, as `warmer diff` says it: pure.
struct Divergence: Sendable, Hashable {
    /// For example `system.1.text`.
    var path: String
    var kind: DifferenceKind
    /// The tokens that are written again because of it, estimated.
    var tokens: Int

    /// Changes that nobody makes on purpose: another question is another conversation, another date in it is not.
    private static let telltale: Set<DifferenceKind> = [
        .timestamp, .uuid, .counter, .orderOfKeys, .orderOfTools, .whitespace, .escapes, .markerOnly,
    ]

    /// - Returns: nil if nothing has changed that was cached before, or if it is a conversation of its own.
    init?(_ request: MessagesRequest, since before: MessagesRequest, in context: RequestContext) {
        let diff = PromptDiff(before, request, context: context)
        guard let first = diff.firstDifference, first.counts, !diff.lost.isEmpty, diff.rewrittenTokens > 0 else {
            return nil
        }
        if first.part == .messages, !request.hasSameStart(as: before), !Self.telltale.contains(first.kind) {
            return nil
        }
        path = first.path
        kind = first.kind
        tokens = diff.rewrittenTokens
    }

    /// The first of some requests that something has changed since.
    @concurrent
    static func first(
        in candidates: [MessagesRequest], of request: MessagesRequest, _ context: RequestContext
    ) async -> Divergence? {
        for before in candidates {
            if let found = Divergence(request, since: before, in: context) { return found }
        }
        return nil
    }
}

extension MessagesRequest {
    var firstMessage: JSONNode? { self["messages"]?.elements.first { _ in true } }

    /// Whether the first message is the same, byte for byte.
    func hasSameStart(as other: MessagesRequest) -> Bool {
        guard let first = firstMessage else { return false }
        return first.bytes == other.firstMessage?.bytes
    }
}
