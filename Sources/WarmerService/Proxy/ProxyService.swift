import CacheProxy
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
    private let ticks: AsyncStream<Tick>
    private let announce: @Sendable (Int) -> Void
    private let lastBill = Mutex(TrafficBill())

    /// - Parameters:
    ///   - ticks: of the warmer's pings.
    ///   - announce: called once with the port, when the proxy listens.
    init(
        _ options: ProxyOptions, _ house: ProxySurroundings, ticks: AsyncStream<Tick>,
        announce: @escaping @Sendable (_ port: Int) -> Void
    ) {
        self.options = options
        self.house = house
        self.ticks = ticks
        self.announce = announce
    }

    /// What has gone through, once it has ended.
    var bill: TrafficBill { lastBill.withLock(\.self) }

    /// Runs until the task is cancelled or its service group shuts down gracefully. A service runs once.
    ///
    /// - Throws: ``DaemonError`` if the address cannot be listened on, or its TLS is wrong.
    func run() async throws {
        let clock = house.clock
        let isFollowing = clock is FollowerClock
        let gateLimit: Duration? = options.hasGate || isFollowing ? .seconds(10) : nil
        let watcher = TrafficWatcher(
            gateLimit: gateLimit, writesNotes: options.writesNotes, now: { clock.now.elapsed },
            beforeTelling: { clock.hold() }, whenMissed: { clock.release() })
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.server.threads))
        let observer = TrafficObserver(options, house, watcher: watcher, on: loops.next())
        let server: ProxyServer
        do {
            server = try await ProxyServer.start(options.server, watcher: watcher, on: loops)
        } catch {
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
