import OrderedJSON

/// What the provider allows an entry to live.
public enum EmulatedLifetime: String, Hashable, Sendable, CaseIterable {
    case fiveMinutes = "5m"
    case oneHour = "1h"

    var duration: Duration { self == .fiveMinutes ? .seconds(300) : .seconds(3600) }
}

/// One position of a prompt.
struct EmulatedBlock {
    enum Part: Int, Comparable {
        case tools, system, messages
        static func < (a: Part, b: Part) -> Bool { a.rawValue < b.rawValue }
    }

    var part: Part
    var path: String
    var node: JSONNode
    var type: String
    var message: Int?
    var role: String?
    /// Its own marker and those nested in a tool result: path and lifetime.
    var markers: [(path: String, lifetime: EmulatedLifetime)]

    var isEmptyText: Bool {
        type == "text" && (node.kind == .string ? node : node["text"])?.decodedBytes.isEmpty ?? true
    }

    /// Whether automatic caching may land here.
    var isCacheable: Bool { type != "thinking" && type != "redacted_thinking" && !isEmptyText }

    init(part: Part, path: String, node: JSONNode, message: Int? = nil, role: String? = nil) throws(APIError) {
        guard node.kind == .object || node.kind == .string else {
            throw .invalid("\(path): Input should be a valid dictionary")
        }
        self.part = part
        self.path = path
        self.node = node
        self.message = message
        self.role = role
        type = node.kind == .string ? "text" : node["type"]?.string ?? (part == .tools ? "tool" : "")
        markers = []
        guard node.kind == .object else { return }
        if let own = try Self.lifetime(of: node, path: path) { markers.append((path, own)) }
        if type == "tool_result", let content = node["content"], content.kind == .array {
            for (position, inner) in content.elements.enumerated() {
                let innerPath = "\(path).content.\(position)"
                if let nested = try Self.lifetime(of: inner, path: innerPath) { markers.append((innerPath, nested)) }
            }
        }
        try check()
    }

    /// Reads a `cache_control` member.
    static func lifetime(of node: JSONNode, path: String) throws(APIError) -> EmulatedLifetime? {
        guard let marker = node["cache_control"], marker.kind != .null else { return nil }
        let place = path.isEmpty ? "cache_control" : "\(path).cache_control"
        guard marker["type"]?.string == "ephemeral" else {
            throw .invalid("\(place).type: Input should be 'ephemeral'")
        }
        guard let ttl = marker["ttl"] else { return .fiveMinutes }
        guard let lifetime = ttl.string.flatMap(EmulatedLifetime.init(rawValue:)) else {
            throw .invalid("\(place).ttl: Input should be '5m' or '1h'")
        }
        return lifetime
    }

    private func check() throws(APIError) {
        guard !markers.isEmpty else { return }
        if type == "thinking" || type == "redacted_thinking" {
            throw .invalid("\(path).\(type).cache_control: Extra inputs are not permitted")
        }
        if isEmptyText { throw .invalid("\(path).text: cache_control cannot be set for empty text blocks") }
    }
}
