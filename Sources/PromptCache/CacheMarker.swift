import OrderedJSON

/// A `cache_control` member as it stands in a request.
public struct CacheMarker: Sendable {
    /// Where the marked block stands, for example `system.0`; `cache_control` itself for the automatic one.
    public let path: String
    /// The lifetime asked for; 5 minutes unless the marker says otherwise.
    public let lifetime: Lifetime
    /// The member with its key.
    public let range: Range<Int>

    /// Reads the marker of an object.
    ///
    /// - Returns: nil where there is none, or where it is null.
    init?(of object: JSONNode, path: () -> String) throws(RequestFault) {
        var found: JSONMember?
        for member in object.members where member.hasKey("cache_control") {
            if found != nil { throw RequestFault(path: Self.path(path()), "stands twice; keep one") }
            found = member
        }
        guard let found, found.value.kind != .null else { return nil }
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

    private static func path(_ block: String) -> String { block.isEmpty ? "cache_control" : "\(block).cache_control" }
}
