import NIOCore
public import NIOPosix
import NIOSSL

/// A running proxy.
///
/// ```swift
/// let proxy = try await ProxyServer.start(ProxyConfiguration(routes: Routes(fallback: upstream)))
/// // Point any client at http://127.0.0.1:\(proxy.port).
/// await proxy.stop()
/// ```
/// It relays every byte as it is, both ways, and knows nothing of prompts; a ``TrafficWatcher`` sees what goes by.
public final class ProxyServer: Sendable {
    /// The port it listens on.
    public let port: Int
    private let channel: any Channel
    /// Nil where the loops are somebody else's.
    private let ownGroup: MultiThreadedEventLoopGroup?
    private let loops: [NIOLoopBound<ProxyLoop>]

    private init(
        port: Int, channel: any Channel, ownGroup: MultiThreadedEventLoopGroup?, loops: [NIOLoopBound<ProxyLoop>]
    ) {
        self.port = port
        self.channel = channel
        self.ownGroup = ownGroup
        self.loops = loops
    }

    /// Listens from now on.
    ///
    /// - Parameters:
    ///   - watcher: sees what goes by; nil for a plain relay.
    ///   - meter: is told how long the relay itself takes.
    ///   - loops: what carries the traffic, and goes on when the proxy is stopped; loops of its own unless told otherwise.
    /// - Throws: what NIO throws if the address cannot be listened on, or NIOSSL if the TLS configuration is wrong.
    public static func start(
        _ configuration: ProxyConfiguration, watcher: TrafficWatcher? = nil, meter: RelayMeter? = nil,
        on loops: MultiThreadedEventLoopGroup? = nil
    ) async throws -> ProxyServer {
        let upstreamTLS = try upstreamTLS(configuration)
        let serverTLS = try configuration.serverTLS.map { try NIOSSLContext(configuration: $0) }
        let ownGroup =
            loops == nil ? MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads)) : nil
        guard let group = loops ?? ownGroup else { preconditionFailure("one of both is there") }
        let loops = group.makeIterator().map { loop in
            loop.submit {
                NIOLoopBound(
                    ProxyLoop(
                        loop, configuration: configuration, upstreamTLS: upstreamTLS, watcher: watcher, meter: meter),
                    eventLoop: loop)
            }
        }
        do {
            let bound = try await EventLoopFuture.whenAllSucceed(loops, on: group.any()).get()
            let byLoop = Dictionary(uniqueKeysWithValues: bound.map { (ObjectIdentifier($0.eventLoop), $0) })
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.maxMessagesPerRead, value: 4)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)]?.value else { return }
                        try addHandlers(to: channel, loop: loop, tls: serverTLS)
                    }
                }
                .bind(host: configuration.host, port: configuration.port).get()
            return ProxyServer(
                port: channel.localAddress?.port ?? configuration.port, channel: channel, ownGroup: ownGroup,
                loops: bound)
        } catch {
            try? await ownGroup?.shutdownGracefully()
            throw error
        }
    }

    private static func upstreamTLS(_ configuration: ProxyConfiguration) throws -> NIOSSLContext? {
        guard configuration.routes.upstreams.contains(where: \.isTLS) else { return nil }
        var tls = configuration.upstreamTLS
        tls.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: tls)
    }

    private static func addHandlers(to channel: any Channel, loop: ProxyLoop, tls: NIOSSLContext?) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        let client = ClientHandler(loop)
        try pipeline.addHandler(ByteToMessageHandler(RequestDecoder(loop.configuration.limits, for: client)))
        try pipeline.addHandler(client)
    }

    /// Stops listening, lets requests under way come to their end up to the limit, and closes everything.
    public func stop() async {
        try? await channel.close().get()
        let drained = loops.map { loop in loop.eventLoop.flatSubmit { loop.value.drain() } }
        for future in drained { try? await future.get() }
        try? await ownGroup?.shutdownGracefully()
    }

    /// Open connections.
    public struct Counts: Sendable, Hashable {
        public var clients: Int
        /// In use or idle.
        public var upstreams: Int
    }

    /// How many connections are open now.
    public func counts() async -> Counts {
        var sum = Counts(clients: 0, upstreams: 0)
        for loop in loops {
            guard let counts = try? await loop.eventLoop.submit({ loop.value.counts }).get() else { continue }
            sum.clients += counts.clients
            sum.upstreams += counts.upstreams
        }
        return sum
    }
}
