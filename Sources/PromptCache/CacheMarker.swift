import OrderedJSON

/// A `cache_control` member as it stands in a request.
public struct CacheMarker: Sendable {
    /// Where the marked block stands, for example `system.0`; `cache_control` itself for the automatic one.
    public let path: String
    /// The lifetime asked for; 5 minutes unless the marker says otherwise.
    public let lifetime: Lifetime
    /// The member with its key.
    public let range: Range<Int>

    /// The key of the member.
    static let key = name.description
    static let name: StaticString = "cache_control"

    /// Reads the `cache_control` member whose key stands at a place, of the object at a path.
    ///
    /// - Returns: nil where it is null, which is as good as absent.
    init?(at key: Int, in text: JSONText, path: () -> String) throws(RequestFault) {
        let value = text.node(at: key + 1)
        if value.kind == .null { return nil }
        guard value.kind == .object, value["type"]?.string == "ephemeral" else {
            throw RequestFault(path: Self.path(path()), #"must be an object like {"type":"ephemeral"}"#)
        }
        switch value["ttl"] {
        case nil: lifetime = .fiveMinutes
        case let ttl?:
            guard let known = ttl.string.flatMap(Lifetime.init(rawValue:)) else {
                throw RequestFault(path: "\(Self.path(path())).ttl", #"must be "5m" or "1h""#)
            }
            lifetime = known
        }
        self.path = path()
        range = text.range(at: key).lowerBound..<value.range.upperBound
    }

    /// Two markers at one object.
    static func standsTwice(at block: String) -> RequestFault {
        RequestFault(path: path(block), "stands twice; keep one")
    }

    private static func path(_ block: String) -> String { block.isEmpty ? key : "\(block).\(key)" }
}
