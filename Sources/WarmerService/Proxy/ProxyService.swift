import CacheProxy
import Logging
import NIOCore
import NIOPosix
import PromptCacheWarmer
public import ServiceLifecycle
import Synchronization
import WarmingPolicies

/// `warmer proxy` put together: the relay, what watches it, and what keeps its scopes warm, as one service.
///
/// On the way down the relay goes first, with the requests under way; then the warmer, with its pings.
public final class ProxyService: Service {
    private let options: ProxyOptions
    private let announce: @Sendable (Int) -> Void
    private let lastBill = Mutex(TrafficBill())

    /// - Parameter announce: called once with the port, when the proxy listens.
    public init(_ options: ProxyOptions, announce: @escaping @Sendable (_ port: Int) -> Void) {
        self.options = options
        self.announce = announce
    }

    /// What has gone through, once it has ended.
    public var bill: TrafficBill { lastBill.withLock(\.self) }

    /// Runs until the task is cancelled or its service group shuts down gracefully. A service runs once.
    ///
    /// - Throws: why the address cannot be listened on, or ``ClockError`` if the clock is lost.
    public func run() async throws {
        guard let follower = options.clock as? FollowerClock else { return try await serve() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.serve()
                return true
            }
            group.addTask {
                try await follower.run()
                return false
            }
            while let isServed = try await group.next(), !isServed {
                if Task.isShuttingDownGracefully { continue }
                throw ClockError("the emulator's clock is lost: start the proxy again once it runs")
            }
            group.cancelAll()
        }
    }

    private func serve() async throws {
        let clock = options.clock
        let isFollowing = clock is FollowerClock
        let gateLimit: Duration? = options.hasGate || isFollowing ? .seconds(10) : nil
        let watcher = TrafficWatcher(
            gateLimit: gateLimit, writesNotes: options.writesNotes, now: { clock.now.elapsed },
            beforeTelling: { clock.hold() }, whenMissed: { clock.release() })
        let vault = CredentialVault()
        let (ticks, ticked) = AsyncStream.makeStream(of: Tick.self, bufferingPolicy: .bufferingNewest(1024))
        let warmer = warmer(vault: vault, ticked)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.server.threads))
        let observer = TrafficObserver(options, watcher: watcher, warmer: warmer, vault: vault, on: loops.next())
        let server: ProxyServer
        do {
            server = try await ProxyServer.start(options.server, watcher: watcher, on: loops)
        } catch {
            try? await loops.shutdownGracefully()
            throw error
        }
        clock.hold()
        await warmer?.start()
        clock.release()
        announce(server.port)
        await withTaskGroup { group in
            group.addTask { await observer.run() }
            group.addTask { for await tick in ticks { await observer.ticked(tick) } }
            await Self.untilStopped()
            await server.stop()
            watcher.finish()
            await group.next()
            await warmer?.stop()
            ticked.finish()
        }
        let bill = await observer.bill
        lastBill.withLock { $0 = bill }
        try? await loops.shutdownGracefully()
        if watcher.missedSightings > 0 {
            options.logger.warning("\(watcher.missedSightings) sightings were missed: too many waited to be looked at")
        }
    }

    private func warmer(vault: CredentialVault, _ ticked: AsyncStream<Tick>.Continuation) -> CacheWarmer? {
        guard let budget = options.budget else { return nil }
        let follower = options.clock as? FollowerClock
        let calls = options.server.routes.upstreams.map { upstream in
            let call = ProxyCall(
                endpoint: upstream.endpoint, vault: vault, clock: options.clock, extraHeaders: follower?.headers ?? [])
            return (upstream.endpoint, follower?.participating(call) ?? call)
        }
        return CacheWarmer(
            clients: Dictionary(calls) { first, _ in first },
            options: WarmerOptions(
                budget: budget, prices: options.prices, profile: options.profile, clock: options.clock,
                logger: options.logger,
                onTick: { ticked.yield($0) }))
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
