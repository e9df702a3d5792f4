import OrderedJSON

/// How a ping asks for no output: the steps of a ladder, tried in this order.
public enum Rung: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// `max_tokens: 0`, as documented.
    case zero
    /// `max_tokens: 1`, where 0 is refused.
    case one
    /// The request as it was, closed when the response begins. What a cancelled stream bills is undocumented.
    case streamAndClose = "stream and close"

    private var height: Int {
        switch self {
        case .zero: 0
        case .one: 1
        case .streamAndClose: 2
        }
    }

    public static func < (a: Rung, b: Rung) -> Bool { a.height < b.height }
}

extension MessagesRequest {
    /// Why this request must never be sent again by anyone but its author; nil where it may be.
    public var replayRefusal: String? {
        if self["thread"]?["type"]?.string == "continue" {
            return "it continues a message thread: the body is only what is new"
        }
        return nil
    }

    /// Why the provider refuses this request on a rung; nil where it is not known to.
    ///
    /// What stands in the way is never taken out: without thinking, tool choice or a format it would be another prefix.
    public func obstacle(to rung: Rung) -> String? {
        if rung == .streamAndClose { return nil }
        if self["thinking"]?["type"]?.string == "enabled" {
            return "thinking with a budget needs max_tokens above the budget"
        }
        guard rung == .zero else { return nil }
        if isSet(self["output_config"]?["format"]) { return "output_config.format refuses max_tokens 0" }
        if let choice = self["tool_choice"]?["type"]?.string, choice == "any" || choice == "tool" {
            return "tool_choice \(choice) refuses max_tokens 0"
        }
        if isSet(self["compaction"]) { return "compaction refuses max_tokens 0" }
        return nil
    }

    private func isSet(_ node: JSONNode?) -> Bool { node.map { $0.kind != .null } ?? false }

    /// How its thinking is set, which decides the rung together with the endpoint and the model.
    public var thinkingMode: String { self["thinking"]?["type"]?.string ?? "none" }
}
