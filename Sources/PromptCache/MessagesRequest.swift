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
    /// What any block has in it.
    package let traits: BlockTraits
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
        guard let model = members["model"]?.value.string, !model.isEmpty else {
            throw RequestFault(path: "model", #"must name a model, for example "claude-sonnet-5-5""#)
        }
        self.model = ModelID(model)
        maxTokens = try Self.maxTokens(members["max_tokens"]?.value)
        isStreaming = members["stream"]?.value.boolean ?? false
        if let tools = members["tools"]?.value, tools.kind != .array, tools.kind != .null {
            throw RequestFault(path: "tools", "must be an array")
        }
        var blocks: [PromptBlock] = []
        blocks.reserveCapacity(64)
        try Self.blocks(members["tools"]?.value, part: .tools, into: &blocks)
        try Self.blocks(members["system"]?.value, part: .system, into: &blocks)
        try Self.messageBlocks(members["messages"]?.value, into: &blocks)
        self.blocks = blocks
        traits = blocks.traits
        if let member = members[CacheMarker.key] {
            automatic = try CacheMarker(member, path: { "" })
        } else {
            automatic = nil
        }
    }

    /// A member of the body by name.
    public subscript(member: String) -> JSONNode? { text.root[member] }

    // MARK: Reading

    private static func topLevel(of root: JSONNode) throws(RequestFault) -> [String: JSONMember] {
        var members: [String: JSONMember] = [:]
        for member in root.members where members.updateValue(member, forKey: member.name) != nil {
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
        _ content: JSONNode?, part: PromptPart, message: Int? = nil, role: String? = nil, into all: inout [PromptBlock]
    ) throws(RequestFault) {
        guard let content, content.kind != .null else { return }
        func path() -> String { part.rawValue + (message.map { ".\($0).content" } ?? "") }
        switch content.kind {
        case .string:
            all.append(try PromptBlock(part: part, node: content, message: message, role: role))
        case .array:
            var position = 0
            for element in content.elements {
                guard element.kind == .object else {
                    throw RequestFault(path: "\(path()).\(position)", "must be an object")
                }
                all.append(
                    try PromptBlock(part: part, node: element, position: position, message: message, role: role))
                position += 1
            }
        default:
            throw RequestFault(path: path(), "must be a string or an array of blocks")
        }
    }

    private static func messageBlocks(_ messages: JSONNode?, into all: inout [PromptBlock]) throws(RequestFault) {
        guard let messages, messages.kind != .null else { return }
        guard messages.kind == .array else { throw RequestFault(path: "messages", "must be an array") }
        for (position, message) in messages.elements.enumerated() {
            func fault(_ member: String, _ reason: String) -> RequestFault {
                RequestFault(path: "messages.\(position)\(member)", reason)
            }
            guard message.kind == .object else { throw fault("", "must be an object") }
            var role: JSONNode?
            var content: JSONNode?
            for member in message.members {
                if member.hasKey("role") {
                    if role != nil { throw fault(".role", "stands twice; keep one") }
                    role = member.value
                } else if member.hasKey("content") {
                    if content != nil { throw fault(".content", "stands twice; keep one") }
                    content = member.value
                }
            }
            guard let role = role?.string else { throw fault(".role", #"must be "user", "assistant" or "system""#) }
            guard let content else { throw fault(".content", "is missing") }
            try blocks(content, part: .messages, message: position, role: role, into: &all)
        }
    }
}
