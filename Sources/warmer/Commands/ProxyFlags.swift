import ArgumentParser
import CachePrices
import CacheProxy
import Foundation
import Logging
import NIOSSL
import PromptCacheWarmer
import WarmerService
import WarmingPolicies

/// What `proxy` and `exec` have in common.
struct ProxyFlags: ParsableArguments {
    @Option(help: ArgumentHelp("The base URL of the provider, or of an emulator.", valueName: "url"))
    var upstream: String?
    @Option(
        help: ArgumentHelp(
            "Another upstream for some requests: /PREFIX=URL or HOST=URL. May be given several times.",
            valueName: "rule"))
    var route: [String] = []
    @Flag(help: "Keep the prompts of the traffic warm. Pings are paid by the keys that the traffic bears.")
    var warm = false
    @Option(help: ArgumentHelp("What all pings of a day may cost, in USD; needed for --warm.", valueName: "usd"))
    var budgetPerDay: String?
    @Option(help: "When pings are sent: adaptive, break-even@5m, idle:2@5m and others.") var policy = "adaptive"
    @Flag(help: "When several requests meet the same cold prompt at once, let one go ahead and write it.")
    var gate = false
    @Flag(
        inversion: .prefixedNo, help: "Say in the header x-prompt-cache-warmer what each response should find cached.")
    var header = true
    @Option(
        help: ArgumentHelp(
            "Write arrivals and pings down in this ledger, for stats and plan: a file, or postgres://USER@HOST/DATABASE to be one of a fleet.",
            valueName: "file|url"))
    var ledger: String?
    @Option(help: ArgumentHelp("A price file, for models that have no price or another one.", valueName: "file"))
    var prices: String?
    @Option(help: ArgumentHelp("What `warmer probe` has measured of the upstreams.", valueName: "file"))
    var profile: String?
    @Option(help: ArgumentHelp("Take the time from an emulator instead of this machine.", valueName: "url"))
    var clock: String?
    @Option(help: ArgumentHelp("The certificates that upstreams are verified with, as PEM.", valueName: "file"))
    var upstreamCA: String?
    @Option(help: "The largest body of a request, in megabytes.") var bodyLimit = 32
    @Option(help: "Seconds without a byte until a request is given up.") var idleTimeout = 600
    @Option(help: "Seconds until requests under way are cut off when the proxy is stopped.") var drainTimeout = 20
    @Option(help: "Event loops for the traffic.") var threads = 1
    @Option(help: "How much to log: debug, info, warning or error.", transform: RunCommand.level)
    var logLevel = Logger.Level.info

    func validate() throws {
        if warm, budgetPerDay == nil {
            throw ValidationError(
                "--warm needs --budget-per-day: say what pings may cost in a day, for example --budget-per-day 1.00")
        }
        if !warm, budgetPerDay != nil {
            throw ValidationError("--budget-per-day is for --warm: give both, or neither")
        }
        guard bodyLimit > 0, bodyLimit <= 1024, idleTimeout > 0, idleTimeout <= 86400, drainTimeout >= 0,
            drainTimeout <= 86400, threads > 0, threads <= 256
        else { throw ValidationError("a limit is out of range: see the help") }
    }

    /// A daemon that is nothing but a proxy.
    ///
    /// - Parameters:
    ///   - usual: the upstream unless the flags name one.
    ///   - control: where its control API listens; nil for nowhere.
    ///   - announce: called with a line for each server that listens.
    func daemon(
        listen: ListenAddress, upstream usual: String = "https://api.anthropic.com", tls: TLSConfiguration? = nil,
        control: LoopbackAddress? = nil, announce: @escaping @Sendable (String) -> Void
    ) async throws -> WarmerDaemon {
        let options = ProxyOptions(
            server: try server(listen, upstream ?? usual, tls), isWarming: warm, policy: try warmPolicy(),
            hasGate: gate, writesNotes: header)
        let configuration = WarmerConfiguration(
            upstreams: [:], budget: try budget(), scopes: [], prices: try Prices.list(adding: prices),
            profile: try Files.profile(profile), dashboard: control, proxy: options,
            store: ledger.map(StoreLocation.init))
        let time: any WarmClock
        do {
            time = if let clock { try await FollowerClock.join(clock) } else { SystemClock() }
        } catch {
            throw Failure(.failed, "--clock \(clock ?? ""): \(error)")
        }
        let environment = ProcessInfo.processInfo.environment
        do {
            return try WarmerDaemon(
                configuration, clock: time, store: try await configuration.openStore(clock: time, logger: logger),
                state: .standard(environment), environment: environment, logger: logger, announce: announce)
        } catch let error as LedgerError {
            throw Failure(.usage, "--ledger: \(error)")
        }
    }

    var logger: Logger {
        var logger = Logger(label: "warmer") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        return logger
    }

    private func server(
        _ listen: ListenAddress, _ upstream: String, _ tls: TLSConfiguration?
    ) throws(Failure) -> ProxyConfiguration {
        do {
            let routes = Routes(fallback: try ProxyUpstream(upstream), rules: try route.map(Routes.Rule.init(_:)))
            var upstreamTLS = TLSConfiguration.makeClientConfiguration()
            if let upstreamCA {
                let pem = try Files.read(upstreamCA)
                guard let roots = try? NIOSSLCertificate.fromPEMBytes(pem), !roots.isEmpty else {
                    throw Failure(.usage, "\(upstreamCA): has no PEM certificate in it")
                }
                upstreamTLS.trustRoots = .certificates(roots)
            }
            return ProxyConfiguration(
                host: listen.host, port: listen.port, routes: routes, serverTLS: tls, upstreamTLS: upstreamTLS,
                limits: .init(body: bodyLimit << 20),
                timeouts: .init(idle: .seconds(idleTimeout), drain: .seconds(drainTimeout)), threads: threads)
        } catch let error as ProxyUpstreamError {
            throw Failure(.usage, "\(error)")
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(.usage, "\(error)")
        }
    }

    private func warmPolicy() throws(Failure) -> WarmPolicy {
        do {
            return try WarmPolicy(policy)
        } catch {
            throw Failure(.usage, "--policy \(policy): \(error)")
        }
    }

    private func budget() throws(Failure) -> Budget {
        guard warm, let budgetPerDay else { return .perDay(.zero) }
        do {
            return Budget.perDay(try USD(budgetPerDay))
        } catch {
            throw Failure(.usage, "--budget-per-day \(budgetPerDay): \(error)")
        }
    }
}
