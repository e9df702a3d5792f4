import ArgumentParser
import CachePrices
import Foundation
import Logging
import PromptCacheWarmer
import SQLiteWarmStore
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
            traffic with POST /v1/scopes/NAME/arrivals. Ctrl-C or SIGTERM ends it cleanly.
            """)

    @Option(help: "The configuration.") var config = "warmer.yaml"
    @Flag(help: "Only check the configuration, and say what is wrong with it.") var check = false
    @Option(help: ArgumentHelp("Take the time from an emulator instead of this machine.", valueName: "url"))
    var clock: String?
    @Option(help: "How much to log: debug, info, warning or error.", transform: Self.level) var logLevel = Logger.Level
        .info

    func run() async throws {
        let configuration = try await load()
        if check {
            Terminal.print(
                "\(config): valid; \(configuration.scopes.count) scopes, \(configuration.budget.perDay.short) a day")
            return
        }
        var logger = Logger(label: "warmer") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel
        let time: any WarmClock = if let clock { try await FollowerClock.join(clock) } else { SystemClock() }
        do {
            let store = try await configuration.openStore(logger: logger)
            let daemon = try WarmerDaemon(configuration, clock: time, store: store, logger: logger) {
                Terminal.print($0)
            }
            var quiet = logger
            quiet.logLevel = max(logLevel, .warning)
            try await ServiceGroup(
                services: [daemon], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet
            ).run()
        } catch let fault as ScopeFault {
            throw Failure(.usage, "\(config): \(fault)")
        } catch let fault as LedgerError {
            throw Failure(.usage, "\(config): store: \(fault)")
        }
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
