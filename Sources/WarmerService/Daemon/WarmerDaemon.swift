import CacheProxy
import CoreMetrics
import Foundation
public import Logging
public import PromptCacheWarmer
public import ServiceLifecycle
import Upstreams

/// `warmer run` put together: the warmer, its clients and the control API, as one service.
///
/// ```swift
/// let configuration = try await WarmerConfiguration.load("warmer.yaml", environment: environment)
/// let daemon = try WarmerDaemon(configuration, state: .standard(environment)) { line in print(line) }
/// let group = ServiceGroup(
///     services: [daemon], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
/// try await group.run()
/// ```
/// Nothing is sent before the control API listens, so that a second daemon started by mistake spends nothing. On the way
/// down the API goes first, then the warmer, which waits for pings under way.
public struct WarmerDaemon: Service {
    /// What does the warming; its scopes are there once the daemon runs.
    public let warmer: CacheWarmer
    private let configuration: WarmerConfiguration
    private let clock: any WarmClock
    private let logger: Logger
    private let store: (any WarmStore)?
    private let announce: @Sendable (String) -> Void
    private let state: StateDirectory
    private let metrics: PrometheusMetrics
    private let history: TickHistory
    private let arrivals = ArrivalHistory()
    private let proxy: ProxyService?
    private let fleet: Fleet?
    private let reload: (@Sendable () async throws(InvalidConfiguration) -> WarmerConfiguration)?

    /// - Parameters:
    ///   - configuration: what to do.
    ///   - clock: where time is taken from. A ``FollowerClock`` is run along, and pings tell whose they are.
    ///   - clients: what sends pings, by the upstreams' names; over HTTP unless told otherwise.
    ///   - store: the ledger, the door that money passes, and what is learned; in memory unless told otherwise. One that is
    ///     shared by many processes makes them a fleet. See
    ///     ``WarmerConfiguration/openStore(clock:logger:)``.
    ///   - state: where the control API's token is, and whether warming is switched off.
    ///   - environment: `WARMER_WARMING=off` switches warming off.
    ///   - metrics: what `/metrics` shows.
    ///   - reload: reads the configuration again, on SIGHUP, on request, and when its file has changed.
    ///   - logger: neither prompts nor keys are logged.
    ///   - onTick: called with every finished or refused ping, in order.
    ///   - announce: called with one line for each server that listens: `dashboard listening on http://HOST:PORT`,
    ///     `proxy listening on http://HOST:PORT`.
    /// - Throws: ``Upstreams/UpstreamError`` if the URL of an upstream is none.
    public init(
        _ configuration: WarmerConfiguration, clock: any WarmClock = SystemClock(),
        clients: [String: any WarmCall]? = nil, store: (any WarmStore)? = nil, state: StateDirectory,
        environment: [String: String] = [:], metrics: PrometheusMetrics = PrometheusMetrics(),
        logger: Logger = Logger(label: "prompt-cache-warmer"),
        reload: (@Sendable () async throws(InvalidConfiguration) -> WarmerConfiguration)? = nil,
        onTick: (@Sendable (Tick) -> Void)? = nil, announce: @escaping @Sendable (String) -> Void
    ) throws {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.store = store
        self.announce = announce
        self.state = state
        self.metrics = metrics
        self.reload = reload
        for name in MetricCatalogue.countedFromTheStart { Counter(label: name, factory: metrics).increment(by: 0) }
        let history = TickHistory()
        self.history = history
        let headers = (clock as? FollowerClock)?.headers ?? []
        let clients =
            try clients
            ?? configuration.upstreams.mapValues {
                try AnthropicClient(credential: $0.credential, endpoint: $0.endpoint, headers: headers)
            }
        let watcher = configuration.proxy.map { ProxyService.watcher($0, clock: clock) }
        let own = Dictionary(
            uniqueKeysWithValues: clients.map { name, call -> (String, any WarmCall) in
                guard let watcher, let upstream = configuration.upstreams[name] else { return (name, call) }
                return (
                    name, SeenCall(call: call, credential: upstream.credential, watcher: watcher, clock: clock)
                )
            })
        let follower = clock as? FollowerClock
        let vault = CredentialVault()
        let fleet = (store as? any PingLease).map { Fleet($0, name: Self.replicaName) }
        self.fleet = fleet
        let proxied = ProxyCall.clients(of: configuration.proxy, vault: vault, clock: clock, headers: headers)
        let (ticks, ticked) = AsyncStream.makeStream(of: Tick.self, bufferingPolicy: .bufferingNewest(1024))
        let warmer = CacheWarmer(
            clients: own.merging(proxied) { $1 }.mapValues { follower?.participating($0) ?? $0 },
            options: WarmerOptions(
                budget: configuration.budget, gate: store, ledger: HeardLedger(ledger: store, history: history),
                experience: store, fleet: fleet,
                prices: configuration.prices, profile: configuration.profile, clock: clock, logger: logger,
                metrics: metrics,
                warmingSwitch: WarmingSwitch(offReason: KillSwitch.offReason(environment, state)),
                onTick: { tick in
                    history.record(tick)
                    ticked.yield(tick)
                    onTick?(tick)
                }))
        self.warmer = warmer
        proxy = configuration.proxy.flatMap { [arrivals] options in
            guard let watcher else { return nil }
            let house = ProxySurroundings(
                warmer: options.isWarming ? warmer : nil, vault: vault, prices: configuration.prices,
                profile: configuration.profile, clock: clock,
                ledger: store, history: arrivals, metrics: metrics, logger: logger)
            return ProxyService(options, house, watcher: watcher, ticks: ticks) { port in
                let scheme = options.server.serverTLS == nil ? "http" : "https"
                let host = options.server.host
                announce("proxy listening on \(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)")
            }
        }
    }

    /// What has gone through the proxy, once the daemon has ended.
    public var bill: TrafficBill { proxy?.bill ?? TrafficBill() }

    /// Runs until the task is cancelled or its service group shuts down gracefully. A daemon runs once.
    ///
    /// - Throws: ``PromptCacheWarmer/ScopeFault`` if a scope cannot be warmed, ``DaemonError`` if the address cannot be
    ///   listened on, the clock is lost, or its state directory cannot be used.
    public func run() async throws {
        let token = try configuration.dashboard.map { _ throws(DaemonError) in try ControlToken.readOrMake(state) }
        for scope in configuration.scopes { try await warmer.add(scope) }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        // Until the warmer runs nobody may take the daemon for idle.
        clock.hold()
        var services: [any Service] = []
        if let follower = clock as? FollowerClock { services.append(follower) }
        services.append(WarmingService(warmer: warmer, clock: clock, ports: ports) { announceDashboard(at: $0) })
        if let proxy { services.append(proxy) }
        let keeper = ConfigurationKeeper(
            configuration, load: reload, warmer: warmer, clock: clock, logger: logger, metrics: metrics)
        if !configuration.follows.isEmpty || reload != nil {
            services.append(VersionFollower(keeper: keeper, clock: clock, logger: logger))
        }
        if let address = configuration.dashboard, let token {
            let desk = ControlDesk(
                warmer: warmer, clock: clock, keeper: keeper, fleet: FleetReader(fleet), history: history,
                ledger: LedgerReader(store, clock: clock),
                whatIf: WhatIf(
                    store, clock: clock, prices: configuration.prices, timeZone: configuration.budget.timeZone),
                arrivals: arrivals, metrics: metrics,
                killSwitch: KillSwitch(warmer: warmer, state: state), token: token, startedAt: clock.now.wall)
            services.append(
                ControlServer(
                    routes: ControlRoutes(desk: desk), address: address, logger: logger, listening: listening))
        } else {
            listening.yield(0)
            listening.finish()
        }
        if let file = configuration.file, reload != nil {
            services.append(ReloadService(keeper: keeper, file: file))
        }
        if let reason = warmer.warmingOffReason { logger.warning("warming is switched off: \(reason)") }
        do {
            try await ServiceGroup(services: services, logger: quietLogger).run()
        } catch {
            await writeOut()
            throw error
        }
        await writeOut()
    }

    /// What was taken in is written before the process ends.
    private func writeOut() async {
        do {
            try await store?.flush()
        } catch {
            logger.error("the last rows of the ledger are lost: \(error.reason)")
        }
    }

    /// The machine and the process.
    private static var replicaName: String {
        let process = ProcessInfo.processInfo
        return "\(process.hostName)-\(process.processIdentifier)"
    }

    private func announceDashboard(at port: Int) {
        guard let address = configuration.dashboard else { return }
        announce("dashboard listening on http://\(address.urlHost):\(port)")
    }

    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension WarmerDaemon: CustomStringConvertible {
    /// Service groups describe their services, which else would spell out all that is in here: prompts among it.
    public var description: String { "WarmerDaemon" }
}

/// Warms from the moment at which the control API listens.
private struct WarmingService: Service {
    let warmer: CacheWarmer
    let clock: any WarmClock
    let ports: AsyncStream<Int>
    let onStart: @Sendable (_ port: Int) -> Void

    func run() async {
        let port = await ports.first { _ in true }
        if port != nil { await warmer.start() }
        clock.release()
        guard let port else { return }
        onStart(port)
        await warmer.run()
    }
}
