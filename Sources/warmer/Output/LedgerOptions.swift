import ArgumentParser
import CachePrices
import Foundation
import PromptCacheWarmer
import SQLiteWarmStore
import WarmingPolicies

/// Which ledger a command reads.
struct LedgerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The ledger of `warmer run` or `warmer proxy`.", valueName: "file"))
    var ledger = "warmer.sqlite"

    /// Opens it; a ledger that is not there is wrong usage.
    func open(prices: PriceList = .builtIn) async throws -> SQLiteWarmStore {
        do {
            // Nothing is spent through a store that a report opens.
            return try await SQLiteWarmStore.open(
                ledger, budget: .perDay(.zero), prices: prices, mustExist: true, logger: .silent)
        } catch {
            let isUsage = [LedgerError.Code.unreadable, .notALedger, .newerVersion].contains(error.code)
            throw Failure(isUsage ? .usage : .failed, "--ledger \(error.reason)")
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
