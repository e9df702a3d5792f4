import OrderedJSON

/// How many tokens a prompt can have, told from its bytes alone.
///
/// Only the provider counts tokens. An estimate is good for display and for warnings; the upper bound is good for money.
public struct PromptSize: Hashable, Sendable {
    /// The bytes of the blocks as they stand in the body.
    public private(set) var bytes = 0
    /// The number of blocks.
    public private(set) var blocks = 0
    /// Whether it has images or documents, whose tokens do not show in their bytes.
    public private(set) var hasMedia = false
    private var hasTools = false

    /// An empty prompt.
    public init() {}

    /// English text has about 4 bytes a token and JSON about 3; measured by many at 3.5 for prompts.
    public var estimatedTokens: Int { bytes * 2 / 7 }

    /// No token is shorter than a byte; the provider adds a few around each block, and up to about 700 for tools. Nil with
    /// images or documents.
    public var maximumTokens: Int? { hasMedia ? nil : bytes + 32 * blocks + (hasTools ? 1024 : 64) }

    /// Whether the prompt is too short to be cached, whatever the tokens are.
    public func isSurelyBelow(_ minimumTokens: Int) -> Bool { maximumTokens.map { $0 < minimumTokens } ?? false }

    mutating func add(_ block: PromptBlock) {
        bytes += block.node.bytes.count
        blocks += 1
        hasTools = hasTools || block.part == .tools
        hasMedia =
            hasMedia || block.leaves.contains { ["image", "document"].contains($0["type"]?.string) }
    }
}

extension MessagesRequest {
    /// The size of the whole prompt.
    public var size: PromptSize { blocks.reduce(into: PromptSize()) { $0.add($1) } }
}
