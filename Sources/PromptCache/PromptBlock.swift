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
    /// Where it stands, for example `messages.2.content.0`.
    public let path: String
    /// The block's object, or a string that stands for one text block.
    public let node: JSONNode
    /// The message that it belongs to, by position; nil in tools and system.
    public let message: Int?
    /// The role of that message.
    public let role: String?
    /// The block's own `type`; `tool` for tools without one, `text` for strings.
    public let type: String
    /// Its own marker, then those nested in a tool result's content.
    public let markers: [CacheMarker]

    init(part: PromptPart, path: String, node: JSONNode, message: Int? = nil, role: String? = nil) throws(RequestFault)
    {
        self.part = part
        self.path = path
        self.node = node
        self.message = message
        self.role = role
        switch node.kind {
        case .string:
            type = "text"
            markers = []
        case .object:
            type = node["type"]?.string ?? (part == .tools ? "tool" : "")
            markers = try Self.markers(of: node, type: type, path: path)
        default:
            throw RequestFault(path: path, "must be an object")
        }
    }

    private static func markers(
        of node: JSONNode, type: String, path: String
    ) throws(RequestFault) -> [CacheMarker] {
        var found: [CacheMarker] = []
        if let own = try CacheMarker(of: node, path: path) { found.append(own) }
        if type == "tool_result", let content = node["content"], content.kind == .array {
            for (position, inner) in content.elements.enumerated() where inner.kind == .object {
                if let nested = try CacheMarker(of: inner, path: "\(path).content.\(position)") { found.append(nested) }
            }
        }
        return found
    }

    /// Whether the provider accepts a marker here: not on thinking, and not on empty text.
    public var mayBearMarker: Bool {
        switch type {
        case "thinking", "redacted_thinking": false
        case "text": !(text ?? "").isEmpty
        default: true
        }
    }

    /// The text of a text block.
    var text: String? { node.kind == .string ? node.string : node["text"]?.string }

    /// The lifetime that its markers ask for; the longer where they differ.
    public var markedLifetime: Lifetime? { markers.map(\.lifetime).max() }

    /// This block and those inside it, where images and documents may hide: in the `content` of tool results and
    /// documents, never in a tool's input or schema.
    var leaves: [JSONNode] {
        if node.kind == .string || part == .tools || type == "text" || type == "tool_use" { return [node] }
        var found = [node]
        var next = 0
        while next < found.count {
            let outer = found[next]
            next += 1
            for member in outer.members where member.hasKey("content") || member.hasKey("source") {
                if member.value.kind == .object { found.append(member.value) }
                found += member.value.elements.filter { $0.kind == .object }
            }
        }
        return found
    }
}
