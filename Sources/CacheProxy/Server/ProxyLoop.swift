import NIOCore
import NIOSSL

/// What all connections of one event loop share.
final class ProxyLoop {
    let eventLoop: any EventLoop
    let configuration: ProxyConfiguration
    let pool: UpstreamPool
    let watcher: TrafficWatcher?
    let meter: RelayMeter?
    private var clients: [ObjectIdentifier: ClientHandler] = [:]
    private var whenEmpty: EventLoopPromise<Void>?
    private(set) var isDraining = false

    init(
        _ eventLoop: any EventLoop, configuration: ProxyConfiguration, upstreamTLS: NIOSSLContext?,
        watcher: TrafficWatcher?, meter: RelayMeter?
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.watcher = watcher
        self.meter = meter
        pool = UpstreamPool(on: eventLoop, configuration: configuration, tls: upstreamTLS)
    }

    func add(_ client: ClientHandler) { clients[ObjectIdentifier(client)] = client }

    func remove(_ client: ClientHandler) {
        clients[ObjectIdentifier(client)] = nil
        if clients.isEmpty { whenEmpty?.succeed() }
    }

    /// Open connections of both sides.
    var counts: ProxyServer.Counts { .init(clients: clients.count, upstreams: pool.count) }

    /// Lets exchanges come to their end, up to the limit; connections without one end at once.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = eventLoop.makePromise(of: Void.self)
        whenEmpty = promise
        for client in clients.values { client.drain() }
        if clients.isEmpty { promise.succeed() }
        let limit = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.timeouts.drain)) { [self] in
            for client in clients.values { client.close() }
        }
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            limit.cancel()
            pool.close()
        }
        return promise.futureResult
    }
}
