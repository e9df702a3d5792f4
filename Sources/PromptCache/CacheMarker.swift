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
    static let key = "cache_control"

    /// Reads a `cache_control` member of the object at a path.
    ///
    /// - Returns: nil where it is null, which is as good as absent.
    init?(_ found: JSONMember, path: () -> String) throws(RequestFault) {
        if found.value.kind == .null { return nil }
        guard found.value.kind == .object, found.value["type"]?.string == "ephemeral" else {
            throw RequestFault(path: Self.path(path()), #"must be an object like {"type":"ephemeral"}"#)
        }
        switch found.value["ttl"] {
        case nil: lifetime = .fiveMinutes
        case let ttl?:
            guard let known = ttl.string.flatMap(Lifetime.init(rawValue:)) else {
                throw RequestFault(path: "\(Self.path(path())).ttl", #"must be "5m" or "1h""#)
            }
            lifetime = known
        }
        self.path = path()
        self.range = found.range
    }

    /// Two markers at one object.
    static func standsTwice(at block: String) -> RequestFault {
        RequestFault(path: path(block), "stands twice; keep one")
    }

    private static func path(_ block: String) -> String { block.isEmpty ? key : "\(block).\(key)" }
}
