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
    public let blocks: PromptBlocks
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
    public init(_ bytes: [UInt8]) throws(RequestFault) { try self.init(bytes, after: nil) }

    /// Reads a body that goes on from an earlier one: what both begin with is not read again.
    ///
    /// - Throws: as ``init(_:)`` does.
    package init(_ bytes: [UInt8], after continuation: Continuation?) throws(RequestFault) {
        do {
            if let continuation {
                text = try JSONText(bytes, after: continuation.earlier.request.text, sharing: continuation.shared)
            } else {
                text = try JSONText(bytes)
            }
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
        var reader = PromptBlocks.Reader(text)
        if let tools = members["tools"] { try reader.read(tools.value.index, part: .tools) }
        if let system = members["system"] { try reader.read(system.value.index, part: .system) }
        if let messages = members["messages"] { try reader.readMessages(messages.value.index, after: continuation) }
        blocks = reader.blocks
        if let member = members[CacheMarker.key] {
            automatic = try CacheMarker(at: member.key.index, in: text, path: { "" })
        } else {
            automatic = nil
        }
    }

    /// What any block has in it.
    package var traits: BlockTraits { blocks.traits }

    /// How many markers it bears, the automatic one among them.
    package var markerCount: Int { blocks.markers.count + (automatic == nil ? 0 : 1) }

    /// A member of the body by name.
    public subscript(member: String) -> JSONNode? { text.root[member] }

    // MARK: Reading

    private static func topLevel(of root: JSONNode) throws(RequestFault) -> [String: JSONMember] {
        var members = [String: JSONMember](minimumCapacity: 16)
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
}
