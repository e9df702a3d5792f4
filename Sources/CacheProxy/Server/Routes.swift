/// Which requests go to which upstream: by path prefix, by host, or all that remain.
public struct Routes: Hashable, Sendable {
    /// A rule for some requests.
    public struct Rule: Hashable, Sendable {
        /// What it is about.
        public enum Match: Hashable, Sendable {
            /// Paths that begin with this, up to a slash; it is taken off before the request goes on.
            case pathPrefix(String)
            /// Requests whose `host` is this, whatever the port.
            case host(String)
        }

        public var match: Match
        public var upstream: ProxyUpstream

        /// Reads `/PREFIX=URL` or `HOST=URL`.
        ///
        /// - Throws: ``ProxyUpstreamError`` for anything else.
        public init(_ text: String) throws(ProxyUpstreamError) {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw ProxyUpstreamError(
                    "'\(text)' is no route: write /PREFIX=URL or HOST=URL, for example /eu=https://eu.example.com")
            }
            var left = String(text[..<equals])
            upstream = try ProxyUpstream(String(text[text.index(after: equals)...]))
            if left.hasPrefix("/") {
                while left.hasSuffix("/") { left.removeLast() }
                guard !left.isEmpty else {
                    throw ProxyUpstreamError("'\(text)' routes everything: give that URL as the upstream itself")
                }
                match = .pathPrefix(left)
            } else {
                match = .host(left.lowercased())
            }
        }
    }

    /// Where everything goes that no rule is about.
    public var fallback: ProxyUpstream
    /// The first that fits is taken.
    public var rules: [Rule]

    public init(fallback: ProxyUpstream, rules: [Rule] = []) {
        self.fallback = fallback
        self.rules = rules
    }

    /// All upstreams, each once.
    public var upstreams: Set<ProxyUpstream> { Set(rules.map(\.upstream) + [fallback]) }

    /// Where a request goes, and the target it has there.
    struct Destination: Equatable {
        var upstream: ProxyUpstream
        var target: String
    }

    /// - Parameters:
    ///   - target: as it stands in the request line; in the absolute form only its path counts, since no request chooses
    ///     its own upstream.
    ///   - host: the value of the `host` header.
    func destination(of target: String, host: String?) -> Destination {
        let path = Self.pathAndQuery(of: target)
        for rule in rules {
            switch rule.match {
            case .pathPrefix(let prefix):
                guard path.hasPrefix(prefix) else { continue }
                let rest = path.dropFirst(prefix.count)
                guard rest.isEmpty || rest.first == "/" || rest.first == "?" else { continue }
                return Destination(
                    upstream: rule.upstream,
                    target: rule.upstream.basePath + (rest.first == "/" ? "" : "/") + rest)
            case .host(let name):
                guard let host, Self.name(of: host) == name else { continue }
                return Destination(upstream: rule.upstream, target: rule.upstream.basePath + path)
            }
        }
        return Destination(upstream: fallback, target: fallback.basePath + path)
    }

    private static func pathAndQuery(of target: String) -> String {
        if target.hasPrefix("/") { return target }
        guard let scheme = target.firstRange(of: "://") else { return target }
        let behind = target[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
        return behind.first == "/" ? String(behind) : "/" + behind
    }

    /// A host without its port.
    private static func name(of host: String) -> String {
        let lowered = host.lowercased()
        guard let colon = lowered.lastIndex(of: ":"), lowered.last != "]" else { return lowered }
        return String(lowered[..<colon])
    }
}
