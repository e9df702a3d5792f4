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
    let position: Int?
    /// The block's own `type`; `tool` for tools without one, `text` for strings.
    public let type: String
    /// Its own marker, then those nested in a tool result's content.
    public let markers: [CacheMarker]
    /// What it has in it that decides over more than itself.
    let traits: BlockTraits

    init(
        part: PromptPart, node: JSONNode, position: Int? = nil, message: Int? = nil, role: String? = nil
    ) throws(RequestFault) {
        self.part = part
        self.node = node
        self.message = message
        self.role = role
        self.position = position
        if node.kind == .object {
            type = node["type"]?.string ?? (part == .tools ? "tool" : "")
            let place = Place(part: part, message: message, position: position)
            markers = try Self.markers(of: node, type: type, at: place)
            traits = part == .tools ? [] : BlockTraits(of: node, type: type)
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

    private static func markers(
        of node: JSONNode, type: String, at place: Place
    ) throws(RequestFault) -> [CacheMarker] {
        var found: [CacheMarker] = []
        if let own = try CacheMarker(of: node, path: { place.path }) { found.append(own) }
        if type == "tool_result", let content = node["content"], content.kind == .array {
            for (position, inner) in content.elements.enumerated() where inner.kind == .object {
                if let nested = try CacheMarker(of: inner, path: { "\(place.path).content.\(position)" }) {
                    found.append(nested)
                }
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
