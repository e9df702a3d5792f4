/// Where a server of the daemon listens: on this machine only.
public struct LoopbackAddress: Hashable, Sendable {
    /// `127.0.0.1`, `::1`, `localhost`, or another address of this machine's own network.
    public let host: String
    /// 0 for any free port.
    public let port: Int

    /// Where the dashboard listens unless told otherwise.
    public static let dashboard = LoopbackAddress(loopback: "127.0.0.1", port: 8788)

    init(loopback host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// An address such as `127.0.0.1:8788` or `[::1]:0`.
    ///
    /// - Throws: ``LoopbackAddressError`` if it is none, or if other machines could reach it.
    public init(_ text: String) throws(LoopbackAddressError) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port), !text[..<colon].isEmpty
        else { throw LoopbackAddressError("'\(text)' is no address: write a host and a port such as 127.0.0.1:8788") }
        guard let host = Self.loopbackHost(text[..<colon]) else {
            throw LoopbackAddressError(
                "'\(text)' could be reached by other machines: take 127.0.0.1:\(port), and a tunnel from elsewhere")
        }
        self.init(loopback: host, port: port)
    }

    /// The host as it stands in a URL.
    var urlHost: String { host.contains(":") ? "[\(host)]" : host }

    /// The host without brackets if it is one of this machine alone; nil for any other.
    static func loopbackHost(_ text: some StringProtocol) -> String? {
        let host = text.lowercased()
        if host == "localhost" { return host }
        if host == "[::1]" { return "::1" }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = octets.count == 4 && octets.allSatisfy { $0.count <= 3 && UInt8($0) != nil && $0.first != "+" }
        return isIPv4 && octets[0] == "127" ? host : nil
    }
}

/// Why nothing can listen there.
public struct LoopbackAddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, with what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
