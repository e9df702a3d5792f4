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
    /// The part it belongs to.
    public let part: PromptPart
    /// The block's object, or a string that stands for one text block.
    public let node: JSONNode
    /// The message that it belongs to, by position; nil in tools and system.
    public let message: Int?
    /// The role of that message.
    public let role: String?
    /// Its position in its array; nil for a string, which stands alone.
    package let position: Int?
    /// The block's own `type`; `tool` for tools without one, `text` for strings.
    public let type: String
    /// Its own marker, then those nested in a tool result's content.
    public let markers: [CacheMarker]
    /// What it has in it that decides over more than itself.
    package let traits: BlockTraits

    init(
        part: PromptPart, node: JSONNode, position: Int? = nil, message: Int? = nil, role: String? = nil
    ) throws(RequestFault) {
        self.part = part
        self.node = node
        self.message = message
        self.role = role
        self.position = position
        if node.kind == .object {
            let place = Place(part: part, message: message, position: position)
            let found = try Self.members(of: node, at: place)
            type = found.type?.string ?? (part == .tools ? "tool" : "")
            var traits = part == .tools ? [] : BlockTraits(of: node, type: type)
            markers = try Self.markers(found.marker, type == "tool_result" ? found.content : nil, &traits, at: place)
            self.traits = traits
        } else {
            type = "text"
            markers = []
            traits = []
        }
    }

    /// Where it stands, for example `messages.2.content.0`.
    public var path: String { Place(part: part, message: message, position: position).path }

    private struct Place {
        let part: PromptPart
        let message: Int?
        let position: Int?

        var path: String {
            part.rawValue + (message.map { ".\($0).content" } ?? "") + (position.map { ".\($0)" } ?? "")
        }
    }

    /// The members that matter, found in one pass.
    private static func members(
        of node: JSONNode, at place: Place
    ) throws(RequestFault) -> (type: JSONNode?, content: JSONNode?, marker: JSONMember?) {
        var type: JSONNode?
        var content: JSONNode?
        var marker: JSONMember?
        for member in node.members {
            if member.hasKey("type") {
                type = member.value
            } else if member.hasKey("content") {
                content = member.value
            } else if member.hasKey(CacheMarker.key) {
                if marker != nil { throw CacheMarker.standsTwice(at: place.path) }
                marker = member
            }
        }
        return (type, content, marker)
    }

    private static func markers(
        _ own: JSONMember?, _ content: JSONNode?, _ traits: inout BlockTraits, at place: Place
    ) throws(RequestFault) -> [CacheMarker] {
        var found: [CacheMarker] = []
        if let own {
            traits.insert(.bearsMarker)
            if let marker = try CacheMarker(own, path: { place.path }) { found.append(marker) }
        }
        guard let content, content.kind == .array else { return found }
        for (position, inner) in content.elements.enumerated() {
            var nested: JSONMember?
            for member in inner.members where member.hasKey(CacheMarker.key) {
                if nested != nil { throw CacheMarker.standsTwice(at: "\(place.path).content.\(position)") }
                nested = member
            }
            guard let nested else { continue }
            traits.insert(.bearsMarker)
            if let marker = try CacheMarker(nested, path: { "\(place.path).content.\(position)" }) {
                found.append(marker)
            }
        }
        return found
    }

    /// Whether the provider accepts a marker here: not on thinking, and not on empty text.
    public var mayBearMarker: Bool {
        switch type {
        case "thinking", "redacted_thinking": false
        case "text": !(text?.isEmptyString ?? true)
        default: true
        }
    }

    /// The text of a text block.
    private var text: JSONNode? { node.kind == .string ? node : node["text"] }

    /// The lifetime that its markers ask for; the longer where they differ.
    public var markedLifetime: Lifetime? { markers.map(\.lifetime).max() }
}
