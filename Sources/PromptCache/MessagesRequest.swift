public import OrderedJSON

/// The body of a request to `/v1/messages`, as bytes with a view of what matters to the cache.
///
/// Nothing is decoded and encoded again: whatever is sent is made from these bytes by splicing.
public struct MessagesRequest: Sendable {
    /// The body.
    public let text: JSONText
    /// The model asked for.
    public let model: ModelID
    /// The limit of the output, if the body has one.
    public let maxTokens: Int?
    /// Whether the response is to be streamed.
    public let isStreaming: Bool
    /// Every position of the prompt in the order tools, system, messages.
    public let blocks: [PromptBlock]
    /// The top-level `cache_control`, called automatic caching.
    public let automatic: CacheMarker?

    /// The body as it came.
    public var bytes: [UInt8] { text.bytes }

    /// Reads a body.
    ///
    /// `messages` and `max_tokens` may be missing, as they are in files that only hold what is to be warmed.
    ///
    /// - Throws: ``RequestFault`` for broken JSON, for members of the wrong shape, and for members that stand twice,
    ///   since then nobody knows which one the provider takes.
    public init(_ bytes: [UInt8]) throws(RequestFault) {
        do {
            text = try JSONText(bytes)
        } catch {
            throw RequestFault(error, in: bytes)
        }
        guard text.root.kind == .object else { throw RequestFault("a request must be a JSON object") }
        let members = try Self.topLevel(of: text.root)
        guard let model = members["model"]?.string, !model.isEmpty else {
            throw RequestFault(path: "model", #"must name a model, for example "claude-sonnet-5-5""#)
        }
        self.model = ModelID(model)
        maxTokens = try Self.maxTokens(members["max_tokens"])
        isStreaming = members["stream"]?.boolean ?? false
        if let tools = members["tools"], tools.kind != .array, tools.kind != .null {
            throw RequestFault(path: "tools", "must be an array")
        }
        blocks =
            try Self.blocks(members["tools"], part: .tools, path: "tools")
            + Self.blocks(members["system"], part: .system, path: "system")
            + Self.messageBlocks(members["messages"])
        automatic = try CacheMarker(of: text.root, path: "")
    }

    /// A member of the body by name.
    public subscript(member: String) -> JSONNode? { text.root[member] }

    /// The role of a message by position.
    func role(ofMessage position: Int) -> String? { blocks.last { $0.message == position }?.role }

    // MARK: Reading

    private static func topLevel(of root: JSONNode) throws(RequestFault) -> [String: JSONNode] {
        var members: [String: JSONNode] = [:]
        for member in root.members where members.updateValue(member.value, forKey: member.name) != nil {
            throw RequestFault(path: member.name, "stands twice; keep one")
        }
        return members
    }

    private static func maxTokens(_ node: JSONNode?) throws(RequestFault) -> Int? {
        guard let node else { return nil }
        guard let value = node.integer, value >= 0 else {
            throw RequestFault(path: "max_tokens", "must be a whole number of at least 0")
        }
        return value
    }

    private static func blocks(
        _ content: JSONNode?, part: PromptPart, path: String, message: Int? = nil, role: String? = nil
    ) throws(RequestFault) -> [PromptBlock] {
        guard let content, content.kind != .null else { return [] }
        switch content.kind {
        case .string:
            return [try PromptBlock(part: part, path: path, node: content, message: message, role: role)]
        case .array:
            var blocks: [PromptBlock] = []
            for (position, element) in content.elements.enumerated() {
                guard element.kind == .object else {
                    throw RequestFault(path: "\(path).\(position)", "must be an object")
                }
                blocks.append(
                    try PromptBlock(
                        part: part, path: "\(path).\(position)", node: element, message: message, role: role))
            }
            return blocks
        default:
            throw RequestFault(path: path, "must be a string or an array of blocks")
        }
    }

    private static func messageBlocks(_ messages: JSONNode?) throws(RequestFault) -> [PromptBlock] {
        guard let messages, messages.kind != .null else { return [] }
        guard messages.kind == .array else { throw RequestFault(path: "messages", "must be an array") }
        var all: [PromptBlock] = []
        for (position, message) in messages.elements.enumerated() {
            let path = "messages.\(position)"
            guard message.kind == .object else { throw RequestFault(path: path, "must be an object") }
            for name in ["role", "content"] where message.members.count(where: { $0.hasKey(name) }) > 1 {
                throw RequestFault(path: "\(path).\(name)", "stands twice; keep one")
            }
            guard let role = message["role"]?.string else {
                throw RequestFault(path: "\(path).role", #"must be "user", "assistant" or "system""#)
            }
            guard let content = message["content"] else {
                throw RequestFault(path: "\(path).content", "is missing")
            }
            all += try blocks(content, part: .messages, path: "\(path).content", message: position, role: role)
        }
        return all
    }
}
