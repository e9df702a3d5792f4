import OrderedJSON

/// What a block has in it that decides over more than itself.
package struct BlockTraits: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An image: one that appears or disappears anywhere decides over messages.
    package static let image = BlockTraits(rawValue: 1)
    /// A document, whose tokens do not show in its bytes.
    package static let document = BlockTraits(rawValue: 2)
    /// Citations that are on, which decide over system and messages.
    package static let citations = BlockTraits(rawValue: 4)
    /// A `cache_control` member where a marker may stand, even one that is null: its key leaves that out.
    package static let bearsMarker = BlockTraits(rawValue: 8)
}

extension Sequence<PromptBlock> {
    /// What any of the blocks has in it.
    var traits: BlockTraits { reduce(into: []) { $0.formUnion($1.traits) } }
}

extension BlockTraits {
    /// Looks through a block of system or messages, and into the `content` of tool results and the `source` of documents,
    /// where others may hide; never into a tool's input.
    init(of block: Int, kind: PromptBlocks.Kind, in text: JSONText) {
        self = []
        switch kind {
        case .text, .toolUse, .thinking: return
        case .toolResult, .other: look(into: text.node(at: block))
        }
    }

    /// As deep as blocks nest, which the scanner bounds.
    private mutating func look(into object: JSONNode) {
        for member in object.members {
            if member.hasKey("type") {
                if member.value.isString("image") { insert(.image) }
                if member.value.isString("document") { insert(.document) }
            } else if member.hasKey("citations") {
                if member.value["enabled"]?.boolean == true { insert(.citations) }
            } else if member.hasKey("content") || member.hasKey("source") {
                if member.value.kind == .object { look(into: member.value) }
                for element in member.value.elements where element.kind == .object { look(into: element) }
            }
        }
    }
}
