public import CacheProxy
public import WarmingPolicies

/// What a proxy is to do.
public struct ProxyOptions: Sendable {
    public var server: ProxyConfiguration
    /// Whether prompts of the traffic are kept warm, within the daemon's budget.
    public var isWarming: Bool
    /// When pings are sent; where it is for one lifetime, its counterpart holds prompts of the other.
    public var policy: WarmPolicy
    /// Whether requests for the same cold prefix go one after the other.
    public var hasGate: Bool
    /// Whether responses bear `x-prompt-cache-warmer`.
    public var writesNotes: Bool
    /// How much of last requests is kept, in bytes, to be compared and replayed.
    public var mostBytes: Int
    /// How many scopes are kept warm at once.
    public var mostScopes: Int

    public init(
        server: ProxyConfiguration, isWarming: Bool = false, policy: WarmPolicy = .adaptive, hasGate: Bool = false,
        writesNotes: Bool = true, mostBytes: Int = 256 << 20, mostScopes: Int = 1000
    ) {
        self.server = server
        self.isWarming = isWarming
        self.policy = policy
        self.hasGate = hasGate
        self.writesNotes = writesNotes
        self.mostBytes = mostBytes
        self.mostScopes = mostScopes
    }

    /// Whether a configuration file asks for the same: it says nothing of TLS.
    func isSame(as other: ProxyOptions) -> Bool {
        func asked(_ options: ProxyOptions) -> [AnyHashable] {
            let server = options.server
            return [
                server.host, server.port, server.routes, server.limits, server.timeouts, server.threads,
                options.isWarming, options.policy, options.hasGate, options.writesNotes, options.mostBytes,
                options.mostScopes,
            ]
        }
        return asked(self) == asked(other)
    }
}
