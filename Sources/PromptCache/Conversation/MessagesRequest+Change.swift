import OrderedJSON

extension MessagesRequest {
    /// The first part that is another one than in a request before, in the cache's order; nil if nothing that was there
    /// before has changed, as when a conversation grows.
    ///
    /// - Returns: words for people such as `the model`, `tools`, `system`, `tool_choice`, `messages.4`.
    public func changedPart(since before: MessagesRequest) -> String? {
        if model != before.model { return "the model" }
        if differs("tools", from: before) { return "tools" }
        if differs("system", from: before) { return "system" }
        for setting in ["thinking", "output_config", "tool_choice", "speed"] where differs(setting, from: before) {
            return setting
        }
        guard let old = before["messages"], let new = self["messages"] else { return nil }
        var elements = new.elements.makeIterator()
        for (position, message) in old.elements.enumerated() {
            // The last message usually bears a marker that moves on.
            guard let next = elements.next() else { return "messages.\(position)" }
            if next.bytes != message.bytes, !Self.isSameMessage(next, message) { return "messages.\(position)" }
        }
        return nil
    }

    private func differs(_ member: String, from before: MessagesRequest) -> Bool {
        self[member]?.bytes != before[member]?.bytes
    }

    /// Whether two messages are the same but for their markers, and for a string in the place of its one block of text.
    private static func isSameMessage(_ a: JSONNode, _ b: JSONNode) -> Bool {
        guard a["role"]?.string == b["role"]?.string else { return false }
        func key(_ message: JSONNode) -> PrefixKey? {
            let body = #"{"model":"m","messages":[\#(String(decoding: message.bytes, as: UTF8.self))]}"#
            guard let request = try? MessagesRequest(Array(body.utf8)), !request.blocks.isEmpty else { return nil }
            var last: PrefixKey?
            request.walk(in: RequestContext(), through: request.blocks.count - 1) { _, hash, _ in last = hash.key() }
            return last
        }
        return key(a) == key(b)
    }
}
