import OrderedJSON

/// A body of `/v1/messages`, read and checked as the provider would.
struct EmulatedRequest {
    let text: JSONText
    let model: String
    let minimumTokens: Int
    let maxTokens: Int
    let isStreaming: Bool
    let blocks: [EmulatedBlock]
    /// The blocks that end a prefix to be cached, in order.
    let breakpoints: [(block: Int, lifetime: EmulatedLifetime)]

    var root: JSONNode { text.root }

    /// - Parameters:
    ///   - bytes: the body.
    ///   - counts: whether it only asks for a count of tokens, and so needs no `max_tokens`.
    init(_ bytes: [UInt8], counts: Bool = false) throws(APIError) {
        do {
            text = try JSONText(bytes)
        } catch {
            throw .invalid("The request body is not valid JSON: \(error)")
        }
        let root = text.root
        guard root.kind == .object else { throw .invalid("The request body should be a JSON object") }
        guard let model = root["model"]?.string else { throw .invalid("model: Field required") }
        guard let minimum = ModelCatalogue.minimum(of: model) else {
            throw APIError(status: 404, type: "not_found_error", message: "model: \(model)")
        }
        self.model = model
        minimumTokens = minimum
        if counts {
            maxTokens = 1
        } else {
            guard let node = root["max_tokens"] else { throw .invalid("max_tokens: Field required") }
            guard let value = node.integer, value >= 0 else {
                throw .invalid("max_tokens: Input should be a whole number greater than or equal to 0")
            }
            maxTokens = value
        }
        isStreaming = root["stream"]?.boolean ?? false
        blocks =
            try Self.blocks(root["tools"], .tools, "tools") + Self.blocks(root["system"], .system, "system")
            + Self.messages(root["messages"])
        breakpoints = try Self.breakpoints(blocks, root)
        try Conversation.check(blocks)
        try checkThinking()
        if maxTokens == 0 { try checkZero() }
    }

    /// Whether the provider may call tools by itself.
    var usesServerTools: Bool {
        blocks.contains { block in
            block.part == .tools
                && ["web_search_", "web_fetch_", "code_execution_"].contains(where: block.type.hasPrefix)
        }
    }

    /// The tokens of the whole prompt.
    var tokens: Int { tokenCounts.reduce(0, +) }

    /// The tokens of each block.
    var tokenCounts: [Int] {
        var message: Int?
        return blocks.map { block in
            defer { message = block.message }
            let opening = block.message != nil && block.message != message ? TokenRule.ofMessage : 0
            return opening + TokenRule.tokens(of: block.node, type: block.type)
        }
    }

    // MARK: Reading

    private static func blocks(
        _ content: JSONNode?, _ part: EmulatedBlock.Part, _ path: String, message: Int? = nil, role: String? = nil
    ) throws(APIError) -> [EmulatedBlock] {
        guard let content, content.kind != .null else { return [] }
        if content.kind == .string, part != .tools {
            return [try EmulatedBlock(part: part, path: path, node: content, message: message, role: role)]
        }
        guard content.kind == .array else { throw .invalid("\(path): Input should be a valid list") }
        var blocks: [EmulatedBlock] = []
        for (position, node) in content.elements.enumerated() {
            guard node.kind == .object else {
                throw .invalid("\(path).\(position): Input should be a valid dictionary")
            }
            blocks.append(
                try EmulatedBlock(part: part, path: "\(path).\(position)", node: node, message: message, role: role))
        }
        return blocks
    }

    private static func messages(_ node: JSONNode?) throws(APIError) -> [EmulatedBlock] {
        guard let node else { throw .invalid("messages: Field required") }
        guard node.kind == .array else { throw .invalid("messages: Input should be a valid list") }
        guard !node.isEmpty else { throw .invalid("messages: at least one message is required") }
        var all: [EmulatedBlock] = []
        for (position, message) in node.elements.enumerated() {
            guard let role = message["role"]?.string, ["user", "assistant", "system"].contains(role) else {
                throw .invalid("messages.\(position).role: Input should be 'user' or 'assistant'")
            }
            if position == 0, role != "user" { throw .invalid("messages: first message must use the \"user\" role") }
            guard let content = message["content"] else {
                throw .invalid("messages.\(position).content: Field required")
            }
            let path = "messages.\(position).content"
            let blocks = try blocks(content, .messages, path, message: position, role: role)
            if blocks.isEmpty { throw .invalid("\(path): at least one block is required") }
            for block in blocks where block.isEmptyText {
                throw .invalid("messages: text content blocks must be non-empty")
            }
            all += blocks
        }
        return all
    }

    // MARK: Breakpoints

    private static func breakpoints(
        _ blocks: [EmulatedBlock], _ root: JSONNode
    ) throws(APIError) -> [(block: Int, lifetime: EmulatedLifetime)] {
        var marked: [(path: String, block: Int, lifetime: EmulatedLifetime)] = blocks.indices.flatMap { index in
            blocks[index].markers.map { ($0.path, index, $0.lifetime) }
        }
        if let automatic = try EmulatedBlock.lifetime(of: root, path: ""),
            let landing = blocks.lastIndex(where: \.isCacheable)
        {
            if let own = blocks[landing].markers.last?.lifetime {
                if own != automatic {
                    throw .invalid(
                        "cache_control: the last cacheable block already has cache_control with another ttl")
                }
            } else {
                marked.append(("cache_control", landing, automatic))
                marked.sort { $0.block < $1.block }
            }
        }
        guard marked.count <= 4 else {
            throw .invalid("A maximum of 4 blocks with cache_control may be provided. Found \(marked.count).")
        }
        if let short = marked.firstIndex(where: { $0.lifetime == .fiveMinutes }),
            let long = marked[short...].first(where: { $0.lifetime == .oneHour })
        {
            throw .invalid(
                "\(long.path).cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
                    + "cache_control block. Note that blocks are processed in the following order: `tools`, `system`, "
                    + "`messages`.")
        }
        return marked.map { ($0.block, $0.lifetime) }
    }

    // MARK: Output

    private func checkThinking() throws(APIError) {
        guard let thinking = root["thinking"], thinking["type"]?.string == "enabled" else { return }
        guard let budget = thinking["budget_tokens"]?.integer, budget >= 1024 else {
            throw .invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        }
        if maxTokens > 0, maxTokens <= budget {
            throw .invalid("`max_tokens` must be greater than `thinking.budget_tokens`")
        }
    }

    /// What goes with `max_tokens: 0`, and what does not. The provider's exact words are not known.
    private func checkZero() throws(APIError) {
        let choice = root["tool_choice"]?["type"]?.string
        let obstacle: String? =
            if isStreaming {
                "stream"
            } else if root["thinking"]?["type"]?.string == "enabled" {
                "thinking.type 'enabled'"
            } else if root["output_config"]?["format"] != nil {
                "output_config.format"
            } else if choice == "any" || choice == "tool" {
                "tool_choice '\(choice ?? "")'"
            } else if root["compaction"] != nil {
                "compaction"
            } else {
                nil
            }
        if let obstacle { throw .invalid("max_tokens: 0 is not supported with \(obstacle)") }
    }
}
