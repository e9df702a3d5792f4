import CacheProxy
import CoreMetrics
import Logging
import NIOCore
import NIOPosix
import PromptCacheWarmer
import ServiceLifecycle
import Synchronization
import WarmingPolicies

/// The relay and what watches it, as one service of a daemon.
///
/// On the way down the relay goes first, with the requests under way; then what was seen of them is made sense of.
final class ProxyService: Service {
    private let options: ProxyOptions
    private let house: ProxySurroundings
    private let watcher: TrafficWatcher
    private let ticks: AsyncStream<Tick>
    private let announce: @Sendable (Int) -> Void
    private let lastBill = Mutex(TrafficBill())

    /// - Parameters:
    ///   - watcher: what the relay tells of the traffic; see ``watcher(_:clock:)``.
    ///   - ticks: of the warmer's pings.
    ///   - announce: called once with the port, when the proxy listens.
    init(
        _ options: ProxyOptions, _ house: ProxySurroundings, watcher: TrafficWatcher, ticks: AsyncStream<Tick>,
        announce: @escaping @Sendable (_ port: Int) -> Void
    ) {
        self.options = options
        self.house = house
        self.watcher = watcher
        self.ticks = ticks
        self.announce = announce
    }

    /// What watches the traffic of a proxy with these options.
    static func watcher(_ options: ProxyOptions, clock: any WarmClock) -> TrafficWatcher {
        let gateLimit: Duration? = options.hasGate || clock is FollowerClock ? .seconds(10) : nil
        return TrafficWatcher(
            gateLimit: gateLimit, writesNotes: options.writesNotes, now: { clock.now.elapsed },
            beforeTelling: { clock.hold() }, whenMissed: { clock.release() })
    }

    /// What has gone through, once it has ended.
    var bill: TrafficBill { lastBill.withLock(\.self) }

    /// Runs until the task is cancelled or its service group shuts down gracefully. A service runs once.
    ///
    /// - Throws: ``DaemonError`` if the address cannot be listened on, or its TLS is wrong.
    func run() async throws {
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.server.threads))
        let observer = TrafficObserver(options, house, watcher: watcher, on: loops.next())
        let server: ProxyServer
        do {
            server = try await ProxyServer.start(options.server, watcher: watcher, meter: meter, on: loops)
        } catch {
            watcher.finish()
            try? await loops.shutdownGracefully()
            throw DaemonError(
                "cannot listen on \(options.server.host):\(options.server.port): \(error); choose another address")
        }
        announce(server.port)
        await withTaskGroup { group in
            group.addTask { await observer.run() }
            group.addTask { [ticks] in for await tick in ticks { await observer.ticked(tick) } }
            await Self.untilStopped()
            await server.stop()
            watcher.finish()
            await group.next()
            group.cancelAll()
        }
        let bill = await observer.bill
        lastBill.withLock { $0 = bill }
        try? await loops.shutdownGracefully()
        if watcher.missedSightings > 0 {
            house.logger.warning("\(watcher.missedSightings) sightings were missed: too many waited to be looked at")
        }
    }

    /// Time that the relay adds.
    private var meter: RelayMeter {
        let (request, response) = (overhead("request"), overhead("response"))
        return RelayMeter { leg, time in
            switch leg {
            case .request: request.recordNanoseconds(time.nanoseconds)
            case .response: response.recordNanoseconds(time.nanoseconds)
            }
        }
    }

    private func overhead(_ leg: String) -> Timer {
        Timer(label: "prompt_cache_proxy_overhead_seconds", dimensions: [("leg", leg)], factory: house.metrics)
    }

    private static func untilStopped() async {
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                for await _ in stops {}
            } onGracefulShutdown: {
                stop.finish()
            }
        } onCancel: {
            stop.finish()
        }
    }
}
