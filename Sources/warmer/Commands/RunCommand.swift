import ArgumentParser
import CachePrices
import CoreMetrics
import Foundation
import Logging
import PromptCacheWarmer
import ServiceLifecycle
import UnixSignals
import WarmerService

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "The daemon: keeps the prompts of a configuration warm, within its budget.",
        discussion: """
            Example:

              warmer run --config warmer.yaml --check
              warmer run --config warmer.yaml

            Prints a line `NAME listening on http://HOST:PORT` for each server; logs go to standard error. Tell it of real \
            traffic with POST /v1/scopes/NAME/arrivals. Ctrl-C or SIGTERM ends it cleanly; SIGHUP reads the configuration \
            again, as does a change of its file.
            """)

    @Option(help: "The configuration.") var config = "warmer.yaml"
    @Flag(help: "Only check the configuration, and say what is wrong with it.") var check = false
    @Option(help: ArgumentHelp("Take the time from an emulator instead of this machine.", valueName: "url"))
    var clock: String?
    @Option(help: "How much to log: debug, info, warning or error.", transform: Self.level) var logLevel = Logger.Level
        .info

    func run() async throws {
        ServerProcess.nameTimeZone()
        let configuration = try await load()
        if check {
            Terminal.print(
                "\(config): valid; \(configuration.scopes.count) scopes, \(configuration.budget.perDay.short) a day")
            return
        }
        let logger = logger(configuration.logFormat)
        ServerProcess.settle()
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let environment = ProcessInfo.processInfo.environment
        let time: any WarmClock = if let clock { try await FollowerClock.join(clock) } else { SystemClock() }
        do {
            let load = { @Sendable [config] () async throws(InvalidConfiguration) in
                try await WarmerConfiguration.load(config, environment: environment)
            }
            let store = try await configuration.openStore(clock: time, logger: logger)
            let daemon = try WarmerDaemon(
                configuration, clock: time, store: store, state: .standard(environment), environment: environment,
                metrics: metrics, logger: logger, reload: load, announce: { Terminal.print($0) })
            var quiet = logger
            quiet.logLevel = max(logLevel, .warning)
            var life = ServiceGroupConfiguration(
                services: [daemon], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
            life.maximumGracefulShutdownDuration = Self.longestShutdown
            try await ServiceGroup(configuration: life).run()
        } catch let fault as ScopeFault {
            throw Failure(.usage, "\(config): \(fault)")
        } catch let fault as LedgerError {
            throw Failure(.usage, "\(config): store: \(fault)")
        }
    }

    /// Pings under way are waited for 10 s; streams get the rest. What is still there then is cut off.
    private static let longestShutdown = Duration.seconds(30)

    private func logger(_ format: WarmerConfiguration.LogFormat) -> Logger {
        var logger = Logger(label: "warmer") { label -> any LogHandler in
            switch format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = logLevel
        return logger
    }

    static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError("--log-level \(text): write debug, info, warning or error")
        }
        return level
    }

    private func load() async throws -> WarmerConfiguration {
        do {
            return try await WarmerConfiguration.load(config, environment: ProcessInfo.processInfo.environment)
        } catch {
            for fault in error.faults.dropLast() { Terminal.complain("\(fault)") }
            throw Failure(.usage, "\(error.faults.last.map(String.init(describing:)) ?? "\(config): invalid")")
        }
    }
}
