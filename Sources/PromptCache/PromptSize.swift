import OrderedJSON

/// How many tokens a prompt can have, told from its bytes alone.
///
/// Only the provider counts tokens. An estimate is good for display and for warnings; the upper bound is good for money.
public struct PromptSize: Hashable, Sendable {
    /// The bytes of the blocks, and of settings that join the prompt, as they stand in the body.
    public private(set) var bytes = 0
    /// The number of blocks.
    public private(set) var blocks = 0
    /// Whether it has images or documents, whose tokens do not show in their bytes.
    public private(set) var hasMedia = false
    /// Whether tools come from servers that are asked later.
    private var hasRemoteTools = false
    /// What the provider adds that no byte shows.
    private var overhead = 64

    /// An empty prompt.
    public init() {}

    /// English text has about 4 bytes a token and JSON about 3; measured by many at 3.5 for prompts.
    public var estimatedTokens: Int { bytes * 2 / 7 }

    /// No token is shorter than a byte; the provider adds a few around each block, up to about 700 for tools, and as many
    /// for each tool of its own. Nil where no byte tells: with images, documents or remote tools.
    public var maximumTokens: Int? { hasMedia || hasRemoteTools ? nil : bytes + 32 * blocks + overhead }

    /// Whether the prompt is too short to be cached, whatever the tokens are.
    public func isSurelyBelow(_ minimumTokens: Int) -> Bool { maximumTokens.map { $0 < minimumTokens } ?? false }

    /// The next block.
    package mutating func add(blockAt index: Int, of request: MessagesRequest) {
        let table = request.blocks.table
        let record = table.records[index]
        if record.part == .tools {
            if overhead < Self.toolOverhead { overhead += Self.toolOverhead }
            if let type = record.type, !table.text.isString(at: type, "custom"), !table.text.isString(at: type, "tool")
            {
                overhead += Self.toolOverhead
            }
        }
        bytes += table.text.range(at: record.node).count
        blocks += 1
        hasMedia = hasMedia || !record.traits.isDisjoint(with: [.image, .document])
    }

    /// Settings that become part of the prompt.
    package mutating func add(settingsOf request: MessagesRequest) {
        hasRemoteTools = hasRemoteTools || request["mcp_servers"] != nil || request["container"] != nil
        bytes += request["output_config"]?["format"]?.bytes.count ?? 0
    }

    private static let toolOverhead = 1024
}

extension MessagesRequest {
    /// The size of the whole prompt.
    public var size: PromptSize {
        var size = PromptSize()
        size.add(settingsOf: self)
        for index in blocks.indices { size.add(blockAt: index, of: self) }
        return size
    }
}
