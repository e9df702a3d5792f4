import ArgumentParser
import CachePrices
import Foundation
import PromptCacheWarmer
import WarmerService
import WarmingPolicies

/// Which ledger a command reads.
struct LedgerOptions: ParsableArguments {
    /// Where `warmer run` keeps it.
    static let standard = "warmer.sqlite"
    @Option(
        help: ArgumentHelp(
            "The ledger of `warmer run` or `warmer proxy`: a file, or postgres://USER@HOST/DATABASE.",
            valueName: "file|url"))
    var ledger = Self.standard

    /// Opens it; a ledger that is not there is wrong usage.
    func open(prices: PriceList = .builtIn) async throws -> any WarmStore {
        do {
            // Nothing is spent through a store that a report opens.
            return try await StoreLocation(ledger).openLedger(
                budget: .perDay(.zero), prices: prices, mustExist: true, logger: .silent)
        } catch {
            let isUsage = [LedgerError.Code.unreadable, .notALedger, .newerVersion].contains(error.code)
            throw Failure(isUsage ? .usage : .failed, "--ledger \(error.reason)")
        }
    }
}

/// The ledger that `warmer warm` writes to and `warmer is-warm` reads.
struct TouchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A ledger to keep, such as that of `warmer run`; one of the user's own unless given.",
            valueName: "file|url"))
    var ledger: String?

    /// In the user's state directory.
    private static var standard: URL {
        URL(filePath: StateDirectory.standard(ProcessInfo.processInfo.environment).path).appending(
            path: "ledger.sqlite")
    }

    /// To write to. The user's own is only a memory aid: where it cannot be had, that is told and nil returned.
    func writable(prices: PriceList, clock: any WarmClock) async throws -> (any WarmStore)? {
        do {
            if ledger == nil {
                try? FileManager.default.createDirectory(
                    at: Self.standard.deletingLastPathComponent(), withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            }
            return try await StoreLocation(ledger ?? Self.standard.path).openLedger(
                budget: .perDay(.zero), prices: prices, clock: clock, logger: .silent)
        } catch {
            guard ledger == nil else { throw Failure(.usage, "--ledger \(error.reason)") }
            Terminal.complain("`warmer is-warm` will not know of this: \(error.reason)")
            return nil
        }
    }

    /// To read from; nil if the user has none yet.
    func readable() async throws -> (any WarmStore)? {
        if ledger == nil, !FileManager.default.fileExists(atPath: Self.standard.path) { return nil }
        do {
            return try await StoreLocation(ledger ?? Self.standard.path).openLedger(
                budget: .perDay(.zero), mustExist: true, logger: .silent)
        } catch {
            throw Failure(ledger == nil ? .failed : .usage, "--ledger \(error.reason)")
        }
    }
}

extension WarmStore {
    /// Writes what was taken in; where that fails it is told, since what was warmed is warm all the same.
    func writeOut() async {
        do {
            try await flush()
        } catch {
            Terminal.complain("`warmer is-warm` will not know of this: \(error)")
        }
    }
}

/// How far back a report goes, as `24h`, `7d` or `2026-11-25`.
struct Since: ExpressibleByArgument {
    private enum Value {
        case ago(Duration)
        case day(Moment)
    }
    private let value: Value

    init?(argument: String) {
        if let days = argument.hasSuffix("d") ? Int(argument.dropLast()) : nil, (0...36_500).contains(days) {
            value = .ago(.seconds(days * 86_400))
        } else if let duration = DurationText.read(argument) {
            value = .ago(duration)
        } else if let date = try? Date(argument, strategy: .iso8601.year().month().day()) {
            value = .day(Moment(secondsSince1970: date.timeIntervalSince1970))
        } else {
            return nil
        }
    }

    /// The beginning of its hour, since that is how totals are kept.
    func start(now: Moment) -> Moment {
        switch value {
        case .ago(let duration): HourTotals.Key.hour(of: now - duration)
        case .day(let day): day
        }
    }
}
