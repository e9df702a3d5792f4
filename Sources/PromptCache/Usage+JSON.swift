public import OrderedJSON

extension Usage {
    /// The largest count that is believed: far beyond any context, and small enough that no price overflows.
    private static let largestCount = 1_000_000_000

    /// Reads a `usage` object of a response.
    ///
    /// - Parameters:
    ///   - node: the object.
    ///   - lifetime: what writes count as where the response does not split them.
    /// - Returns: nil for anything but an object with believable counts.
    public init?(_ node: JSONNode, assuming lifetime: Lifetime = .fiveMinutes) {
        guard node.kind == .object else { return nil }
        self.init()
        guard update(from: node, assuming: lifetime), node["input_tokens"] != nil else { return nil }
    }

    /// Takes over the counts that a later `usage` of the same response gives, which is cumulative and does not split writes.
    ///
    /// - Returns: false if a count is not believable; then nothing is taken over.
    mutating func update(from node: JSONNode, assuming lifetime: Lifetime) -> Bool {
        var new = self
        do {
            new.input = try Self.count("input_tokens", in: node) ?? input
            new.read = try Self.count("cache_read_input_tokens", in: node) ?? read
            new.output = try Self.count("output_tokens", in: node) ?? output
            if let split = node["cache_creation"], split.kind == .object {
                new.write5m = try Self.count("ephemeral_5m_input_tokens", in: split) ?? 0
                new.write1h = try Self.count("ephemeral_1h_input_tokens", in: split) ?? 0
            }
            if let total = try Self.count("cache_creation_input_tokens", in: node) {
                // What the split leaves open: all of it in most gateways, and 5-minute writes of server tools later on.
                let open = total - new.written
                if open > 0, written == 0, new.written == 0, lifetime == .oneHour {
                    new.write1h = open
                } else if open > 0 {
                    new.write5m += open
                }
            }
        } catch {
            return false
        }
        self = new
        return true
    }

    private struct Unbelievable: Error {}

    private static func count(_ name: String, in node: JSONNode) throws(Unbelievable) -> Int? {
        guard let value = node[name], value.kind != .null else { return nil }
        guard let count = value.integer, count >= 0, count <= largestCount else { throw Unbelievable() }
        return count
    }
}
