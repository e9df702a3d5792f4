/// Where the proxy sends requests: fixed when it starts, so that it is no open relay.
public struct ProxyUpstream: Hashable, Sendable {
    /// Whether the connection is TLS, with the certificate verified.
    public let isTLS: Bool
    /// Without brackets, also where it is an IPv6 address.
    public let host: String
    public let port: Int
    /// What stands in front of every path; empty or with a leading and without a trailing slash.
    public let basePath: String
    /// The value of `host` for requests to it.
    public let authority: String
    /// Its base URL, as prefixes' keys name the endpoint.
    public let endpoint: String

    /// Reads a base URL such as `https://api.anthropic.com` or `http://127.0.0.1:8080/gateway`.
    ///
    /// - Throws: ``ProxyUpstreamError`` for anything else: another scheme, credentials, a query.
    public init(_ url: String) throws(ProxyUpstreamError) {
        func fault(_ reason: String) -> ProxyUpstreamError {
            ProxyUpstreamError("'\(url)' \(reason): write it like https://api.anthropic.com or http://127.0.0.1:8080")
        }
        let lowered = url.lowercased()
        let rest: Substring
        if lowered.hasPrefix("https://") {
            isTLS = true
            rest = url.dropFirst(8)
        } else if lowered.hasPrefix("http://") {
            isTLS = false
            rest = url.dropFirst(7)
        } else {
            throw fault("is no http or https URL")
        }
        let given = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var path = rest.dropFirst(given.count)
        guard !path.contains("?"), !path.contains("#") else { throw fault("has a query or a fragment") }
        guard !given.contains("@") else { throw fault("bears a name or a password") }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw fault("has characters that no URL has") }
        while path.hasSuffix("/") { path.removeLast() }
        // Clients put the version into the path themselves, as they do with the provider's own URL.
        if path.hasSuffix("/v1") { path.removeLast(3) }
        basePath = String(path)
        guard let place = Self.place(given, usual: isTLS ? 443 : 80) else { throw fault("names no host and port") }
        host = place.host
        port = place.port
        let shown = host.contains(":") ? "[\(host)]" : host
        authority = port == (isTLS ? 443 : 80) ? shown : "\(shown):\(port)"
        endpoint = "\(isTLS ? "https" : "http")://\(authority)\(basePath)"
    }

    /// The endpoint says it all.
    public static func == (one: Self, other: Self) -> Bool { one.endpoint == other.endpoint }

    public func hash(into hasher: inout Hasher) { hasher.combine(endpoint) }

    private static func place(_ authority: Substring, usual: Int) -> (host: String, port: Int)? {
        var host = authority
        var port = usual
        if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
            guard let given = Int(authority[authority.index(after: colon)...]), (1...65535).contains(given) else {
                return nil
            }
            port = given
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (host.lowercased(), port)
    }
}

/// Why a URL cannot be an upstream.
public struct ProxyUpstreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, with what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
