import OrderedJSON

extension MessagesRequest {
    /// A valid request whose cached prefix is this one's up to a breakpoint, and that asks for nothing more.
    ///
    /// What comes behind the breakpoint is cut out and a placeholder put in its place, so that the shared part of a prompt
    /// can be warmed before any user has written. An automatic breakpoint becomes an explicit marker, since it would move
    /// to the placeholder.
    ///
    /// - Throws: ``RequestFault`` where a cut would leave a server tool's call without its result, or would take the only
    ///   image or citations out of a request: what is in front of the cut would then be another prefix.
    public func truncated(after breakpoint: Breakpoint) throws(RequestFault) -> [UInt8] {
        let root = text.root
        let block = blocks[breakpoint.block]
        try checkSameCache(after: breakpoint.block)
        var splices = root.removingMembers { member in
            member.hasKey("cache_control") || block.part == .tools && ["system", "tool_choice"].contains(member.name)
        }
        if breakpoint.isAutomatic { splices += Self.marking(block, breakpoint.lifetime) }
        switch block.part {
        case .tools:
            splices += Self.cutting(self["tools"], after: block.position ?? 0)
            splices += root.setting("messages", to: "[\(Self.placeholder)]")
        case .system:
            splices += Self.cutting(self["system"], after: block.position ?? 0)
            splices += root.setting("messages", to: "[\(Self.placeholder)]")
        case .messages:
            splices += try cuttingMessages(after: breakpoint.block)
        }
        return text.splicing(splices)
    }

    /// What stands anywhere in a request and decides over parts in front of it.
    private func checkSameCache(after index: Int) throws(RequestFault) {
        let part = blocks[index].part
        let kept = blocks[...index] + resultsStaying(behind: index)
        if part > .tools, traits.contains(.citations), !kept.traits.contains(.citations) {
            throw RequestFault(
                path: blocks[index].path,
                "the cut would turn citations off, which is another cache; enable them before the breakpoint too, or send "
                    + "the whole request")
        }
        if part == .messages, traits.contains(.image), !kept.traits.contains(.image) {
            throw RequestFault(
                path: blocks[index].path,
                "the cut would take out the only image, which is another cache; send the whole request")
        }
    }

    /// Any non-blank text will do; the provider never reads it, as it asks for no output.
    private static let placeholder = #"{"role":"user","content":"warm"}"#

    private static func cutting(_ array: JSONNode?, after position: Int) -> [Splice] {
        array?.removingElements { index, _ in index > position } ?? []
    }

    static func marking(_ block: PromptBlock, _ lifetime: Lifetime) -> [Splice] {
        let marker = marker(lifetime)
        guard block.node.kind == .string else { return block.node.setting("cache_control", to: marker) }
        let range = block.node.range
        return [
            Splice(range.lowerBound..<range.lowerBound, with: #"[{"type":"text","text":"#),
            Splice(range.upperBound..<range.upperBound, with: #","cache_control":\#(marker)}]"#),
        ]
    }

    // MARK: Messages

    private func cuttingMessages(after index: Int) throws(RequestFault) -> [Splice] {
        let block = blocks[index]
        guard let last = block.message, let messages = self["messages"] else { return [] }
        let staying = resultsStaying(behind: index)
        let stayingPaths = Set(staying.map(\.path))
        var splices: [Splice] = []
        let contents = Array(messages.elements)[last]["content"]
        let firstBehind = (block.position ?? 0) + 1
        splices +=
            contents?.removingElements { position, _ in
                position >= firstBehind && !stayingPaths.contains("messages.\(last).content.\(position)")
            } ?? []
        for result in staying { splices += Self.unmarking(result) }

        var tail = ""
        if block.role != "user" {
            let kept = blocks[...index].filter { $0.message == last }
            try checkServerTools(kept)
            tail = ",\(Self.answer(to: kept))"
        }
        let elements = Array(messages.elements)
        splices.append(
            Splice(elements[last].range.upperBound..<elements[elements.count - 1].range.upperBound, with: tail))
        return splices
    }

    /// Every call needs its result in the very next message, so results behind the breakpoint stay, without markers.
    private func resultsStaying(behind index: Int) -> [PromptBlock] {
        guard let message = blocks[index].message, blocks[index].role == "user" else { return [] }
        return blocks[(index + 1)...].prefix { $0.message == message }.filter { $0.type == "tool_result" }
    }

    private static func unmarking(_ result: PromptBlock) -> [Splice] {
        var splices = result.node.removingMembers { $0.hasKey("cache_control") }
        if let content = result.node["content"], content.kind == .array {
            for element in content.elements { splices += element.removingMembers { $0.hasKey("cache_control") } }
        }
        return splices
    }

    /// The user message that must follow: a result for every call, or just the placeholder.
    private static func answer(to kept: [PromptBlock]) -> String {
        let calls = kept.filter { $0.type == "tool_use" }.compactMap { $0.node["id"] }
        guard !calls.isEmpty else { return placeholder }
        let results = calls.map { call in
            #"{"type":"tool_result","tool_use_id":\#(String(decoding: call.bytes, as: UTF8.self)),"content":"warm"}"#
        }
        return #"{"role":"user","content":[\#(results.joined(separator: ","))]}"#
    }

    private func checkServerTools(_ kept: [PromptBlock]) throws(RequestFault) {
        for call in kept where call.type == "server_tool_use" || call.type == "mcp_tool_use" {
            let id = call.node["id"]?.string
            guard kept.contains(where: { $0.node["tool_use_id"]?.string == id && $0.type.hasSuffix("_tool_result") })
            else {
                throw RequestFault(path: call.path, "the cut would part a server tool's call from its result")
            }
        }
    }
}
