public import OrderedJSON

/// The parts of a prompt in the order in which the cache sees them, whatever their order in the body.
public enum PromptPart: String, Hashable, Sendable, Comparable {
    case tools, system, messages

    private var rank: Int {
        switch self {
        case .tools: 0
        case .system: 1
        case .messages: 2
        }
    }

    public static func < (a: PromptPart, b: PromptPart) -> Bool { a.rank < b.rank }
}

/// One position of a prompt: a tool, a block of the system prompt, or a block of a message.
public struct PromptBlock: Sendable {
    let table: PromptBlocks.Table
    let index: Int

    private var record: PromptBlocks.Record { table.records[index] }

    /// The part it belongs to.
    public var part: PromptPart { record.part }

    /// The block's object, or a string that stands for one text block.
    public var node: JSONNode { table.text.node(at: record.node) }

    /// The message that it belongs to, by position; nil in tools and system.
    public var message: Int? { record.message }

    /// The role of that message.
    public var role: String? { message.flatMap { table.text.node(at: table.messages[$0].role).string } }

    /// Its position in its array; nil for a string, which stands alone.
    package var position: Int? { record.position }

    /// The block's own `type`; `tool` for tools without one, `text` for strings.
    public var type: String {
        if let type = record.type { return table.text.node(at: type).string ?? "" }
        return record.position == nil ? "text" : record.part == .tools ? "tool" : ""
    }

    /// Its own marker, then those nested in a tool result's content.
    public var markers: [CacheMarker] { Array(table.markers[record.markers]) }

    /// What it has in it that decides over more than itself.
    package var traits: BlockTraits { record.traits }

    /// Where it stands, for example `messages.2.content.0`.
    public var path: String { table.path(of: record) }

    /// Whether the provider accepts a marker here: not on thinking, and not on empty text.
    public var mayBearMarker: Bool {
        switch record.kind {
        case .thinking: false
        case .text: !(text?.isEmptyString ?? true)
        default: true
        }
    }

    /// The text of a text block.
    private var text: JSONNode? { node.kind == .string ? node : node["text"] }

    /// The lifetime that its markers ask for; the longer where they differ.
    public var markedLifetime: Lifetime? { table.markers[record.markers].map(\.lifetime).max() }
}
