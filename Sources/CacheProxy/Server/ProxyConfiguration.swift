public import NIOSSL

/// How a proxy runs.
public struct ProxyConfiguration: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port; 0 for any.
    public var port: Int
    /// Where requests go.
    public var routes: Routes
    /// TLS towards clients; nil for plain HTTP.
    public var serverTLS: TLSConfiguration?
    /// TLS towards upstreams; the system's roots and full verification unless told otherwise.
    public var upstreamTLS: TLSConfiguration
    public var limits: Limits
    public var timeouts: Timeouts
    /// How many event loops carry the traffic; each connection stays on one.
    public var threads: Int

    public init(
        host: String = "127.0.0.1", port: Int = 0, routes: Routes, serverTLS: TLSConfiguration? = nil,
        upstreamTLS: TLSConfiguration = .makeClientConfiguration(), limits: Limits = Limits(),
        timeouts: Timeouts = Timeouts(), threads: Int = 1
    ) {
        self.host = host
        self.port = port
        self.routes = routes
        self.serverTLS = serverTLS
        self.upstreamTLS = upstreamTLS
        self.limits = limits
        self.timeouts = timeouts
        self.threads = threads
    }

    /// What one request may take.
    public struct Limits: Sendable, Hashable {
        /// The largest body of a request in bytes; the provider's own limit, 32 MB.
        public var body: Int
        /// The largest header list in bytes.
        public var headers: Int
        /// Idle connections kept for each upstream and event loop.
        public var idleConnections: Int

        public init(body: Int = 32 << 20, headers: Int = 64 << 10, idleConnections: Int = 64) {
            self.body = body
            self.headers = headers
            self.idleConnections = idleConnections
        }
    }

    /// How long the proxy waits. All of it is real time, also where the warmer follows another clock.
    public struct Timeouts: Sendable, Hashable {
        /// For a connection to an upstream.
        public var connect: Duration
        /// From the first byte of a request, or from the beginning of a connection, to the end of its headers.
        public var headers: Duration
        /// For the next byte of either side within a request. A model may think long before its response begins.
        public var idle: Duration
        /// For a request with its response.
        public var whole: Duration
        /// For the next request on a connection.
        public var keepAlive: Duration
        /// How long an unused connection to an upstream is kept; shorter than servers usually keep theirs.
        public var pooled: Duration
        /// For a client to take note that its connection ends.
        public var linger: Duration
        /// For requests under way when the proxy is stopped.
        public var drain: Duration

        public init(
            connect: Duration = .seconds(10), headers: Duration = .seconds(30), idle: Duration = .seconds(600),
            whole: Duration = .seconds(3600), keepAlive: Duration = .seconds(75), pooled: Duration = .seconds(30),
            linger: Duration = .seconds(5), drain: Duration = .seconds(20)
        ) {
            self.connect = connect
            self.headers = headers
            self.idle = idle
            self.whole = whole
            self.keepAlive = keepAlive
            self.pooled = pooled
            self.linger = linger
            self.drain = drain
        }
    }
}
