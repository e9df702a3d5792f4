import OrderedJSON

/// Every position of a prompt in the order tools, system, messages.
///
/// Kept as places in the body's text rather than as blocks: a body has hundreds, and most are never looked at again.
public struct PromptBlocks: RandomAccessCollection, Sendable {
    let table: Table

    public var startIndex: Int { 0 }
    public var endIndex: Int { table.records.count }

    public subscript(position: Int) -> PromptBlock { PromptBlock(table: table, index: position) }

    /// What any block has in it.
    var traits: BlockTraits { table.traits }

    /// All markers, in order.
    package var markers: [CacheMarker] { table.markers }

    /// What is known of a position without looking at the text.
    struct Record: Sendable {
        var part: PromptPart
        var kind: Kind
        var traits: BlockTraits
        /// The place of its object, or of a string that stands for one text block.
        var node: Int
        /// The place of its type's name; nil where there is none, as in strings and many tools.
        var type: Int?
        var message: Int?
        /// In its array; nil for a string, which stands alone.
        var position: Int?
        /// Its own marker, then those nested in a tool result's content.
        var markers: Range<Int>
    }

    /// Types that the cache's rules know.
    enum Kind: Sendable {
        case text, thinking, toolUse, toolResult, other
    }

    struct Message: Sendable {
        /// The place of its object.
        var node: Int
        /// The place of its role's name.
        var role: Int
        /// Whether it has nothing but its role and its content.
        var isPlain: Bool
    }

    /// Behind one reference, so that a request is cheap to pass on.
    final class Table: Sendable {
        let text: JSONText
        let records: [Record]
        let messages: [Message]
        let markers: [CacheMarker]
        let traits: BlockTraits

        init(text: JSONText, records: [Record], messages: [Message], markers: [CacheMarker], traits: BlockTraits) {
            self.text = text
            self.records = records
            self.messages = messages
            self.markers = markers
            self.traits = traits
        }

        /// Where a block stands, for example `messages.2.content.0`.
        func path(of record: Record) -> String { Self.path(record.part, record.message, record.position) }

        static func path(_ part: PromptPart, _ message: Int?, _ position: Int?) -> String {
            part.rawValue + (message.map { ".\($0).content" } ?? "") + (position.map { ".\($0)" } ?? "")
        }
    }
}
