import NIOCore
import NIOPosix
import NIOSSL

/// The connections of one event loop to all upstreams. The one used last is used next, so that the others can age.
final class UpstreamPool {
    private let loop: any EventLoop
    private let configuration: ProxyConfiguration
    private let tls: NIOSSLContext?
    private var idle: [ProxyUpstream: Idle] = [:]
    private var all: [ObjectIdentifier: UpstreamConnection] = [:]
    private var isSweeping = false
    private var isClosed = false

    init(on loop: any EventLoop, configuration: ProxyConfiguration, tls: NIOSSLContext?) {
        self.loop = loop
        self.configuration = configuration
        self.tls = tls
    }

    /// Hands over an idle connection, if there is one.
    func takeIdle(to upstream: ProxyUpstream) -> UpstreamConnection? {
        let idle = idle(to: upstream)
        while let connection = idle.connections.popLast() {
            if connection.isActive { return connection }
        }
        return nil
    }

    /// Takes back a connection whose request and response have both ended.
    func put(_ connection: UpstreamConnection) {
        let idle = idle(to: connection.upstream)
        guard !isClosed, idle.connections.count < configuration.limits.idleConnections else {
            return connection.close()
        }
        idle.connections.append(connection)
        sweepLater()
    }

    func forget(_ connection: UpstreamConnection) {
        all[ObjectIdentifier(connection)] = nil
        idle(to: connection.upstream).connections.removeAll { $0 === connection }
    }

    /// How many connections there are, in use or not.
    var count: Int { all.count }

    func close() {
        isClosed = true
        for connection in all.values { connection.close() }
    }

    /// Makes a new connection; whoever asked for it uses it, or puts it here.
    func connect(
        to upstream: ProxyUpstream, _ then: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        let connection = UpstreamConnection(to: upstream, pool: self)
        all[ObjectIdentifier(connection)] = connection
        let bound = NIOLoopBound((connection, tls), eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.timeouts.connect))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One turn brings four reads of 64 kB from the client, which nearly always go out at once: its reading need not stop
            // for them.
            .channelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (connection, tls) = bound.value
                    let pipeline = channel.pipeline.syncOperations
                    if upstream.isTLS, let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: upstream.sniName))
                    }
                    try pipeline.addHandler(ByteToMessageHandler(connection.decoder))
                    try pipeline.addHandler(connection)
                }
            }
            .connect(host: upstream.host, port: upstream.port)
            .assumeIsolated()
            .whenComplete { [self] result in
                switch result {
                case .success: then(.success(connection))
                case .failure(let error):
                    forget(connection)
                    then(.failure(error))
                }
            }
    }

    /// One look at the oldest at a time, and none while nothing is idle.
    private func sweepLater() {
        guard !isSweeping else { return }
        isSweeping = true
        loop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.timeouts.pooled)) { [weak self] in
            self?.sweep()
        }
    }

    private func sweep() {
        isSweeping = false
        let limit = NIODeadline.now() - TimeAmount(configuration.timeouts.pooled)
        let old = idle.values.flatMap { $0.connections.filter { $0.idleSince <= limit } }
        for connection in old {
            forget(connection)
            connection.close()
        }
        if idle.values.contains(where: { !$0.connections.isEmpty }) { sweepLater() }
    }

    private func idle(to upstream: ProxyUpstream) -> Idle {
        if let known = idle[upstream] { return known }
        let new = Idle()
        idle[upstream] = new
        return new
    }

    /// The connections to one upstream that wait for work; behind a reference, so that taking one changes no dictionary.
    private final class Idle {
        var connections: [UpstreamConnection] = []
    }
}

extension ProxyUpstream {
    /// The name that its certificate must bear; addresses are verified as such, and may not be named in TLS.
    fileprivate var sniName: String? {
        (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }
}
