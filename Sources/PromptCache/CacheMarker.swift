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
    init?(of object: JSONNode, path: String) throws(RequestFault) {
        let places = object.members.filter { $0.hasKey("cache_control") }
        guard let member = places.first, member.value.kind != .null else { return nil }
        let markerPath = path.isEmpty ? "cache_control" : "\(path).cache_control"
        guard places.count == 1 else { throw RequestFault(path: markerPath, "stands twice; keep one") }
        guard member.value.kind == .object, member.value["type"]?.string == "ephemeral" else {
            throw RequestFault(path: markerPath, #"must be an object like {"type":"ephemeral"}"#)
        }
        switch member.value["ttl"] {
        case nil: lifetime = .fiveMinutes
        case let ttl?:
            guard let known = ttl.string.flatMap(Lifetime.init(rawValue:)) else {
                throw RequestFault(path: "\(markerPath).ttl", #"must be "5m" or "1h""#)
            }
            lifetime = known
        }
        self.path = path
        self.range = member.range
    }
}
