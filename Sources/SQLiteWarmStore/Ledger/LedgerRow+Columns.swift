import CachePrices
import GRDB
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

extension LedgerRow {
    static let insertion = """
        INSERT INTO event (
            at, kind, outcome, scope, upstream, model, prefixes, lifetime, chose_hour,
            input, write_5m, write_1h, read, output, cost, cause, first_token, reason, expected_value
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    var arguments: StatementArguments {
        [
            at.nanosecondsSince1970, kind.rawValue, outcome.rawValue, scope, upstream, model.name,
            prefixes.map(\.text).joined(separator: " "), lifetime.rawValue, choseHour,
            usage?.input, usage?.write5m, usage?.write1h, usage?.read, usage?.output, cost?.picodollars,
            cause?.rawValue, timeToFirstToken.map { Int64($0 / .nanoseconds(1)) }, reason, expectedValue?.picodollars,
        ]
    }

    /// Reads a row of the table. What this version does not know, such as a cause, is left out.
    init(_ row: Row) {
        let input: Int? = row["input"]
        let usage = input.map {
            Usage(
                input: $0, write5m: row["write_5m"], write1h: row["write_1h"], read: row["read"], output: row["output"])
        }
        let lifetime = Lifetime(rawValue: row["lifetime"]) ?? .fiveMinutes
        let prefixes = (row["prefixes"] as String).split(separator: " ").compactMap {
            CoveredPrefix($0, lifetime: lifetime)
        }
        self.init(
            Kind(rawValue: row["kind"]) ?? .arrival, outcome: Outcome(rawValue: row["outcome"]) ?? .failed,
            at: Moment(nanosecondsSince1970: row["at"]), scope: row["scope"], upstream: row["upstream"],
            model: ModelID(row["model"]), prefixes: prefixes, lifetime: lifetime, choseHour: row["chose_hour"],
            usage: usage, cost: (row["cost"] as Int64?).map(USD.init(picodollars:)),
            cause: (row["cause"] as String?).flatMap(MissCause.init(rawValue:)),
            timeToFirstToken: (row["first_token"] as Int64?).map { .nanoseconds($0) }, reason: row["reason"],
            expectedValue: (row["expected_value"] as Int64?).map(USD.init(picodollars:)))
    }
}

extension HourTotals {
    private static let names = LedgerTotals.columns.map(\.name)

    static let upsert = """
        INSERT INTO hourly (hour, scope, upstream, model, \(names.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, \(names.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT DO UPDATE SET \(names.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
        """

    var arguments: StatementArguments {
        let sums: [(any DatabaseValueConvertible)?] = LedgerTotals.columns.map { totals[keyPath: $0.path] }
        return StatementArguments(
            [key.hour.nanosecondsSince1970, key.scope, key.upstream, key.model.name] + sums)
    }

    static let selection = "SELECT hour, scope, upstream, model, \(names.joined(separator: ", ")) FROM hourly"

    /// Reads a row of ``selection``, by position since there are many.
    init(_ row: Row) {
        var totals = LedgerTotals()
        for (position, column) in LedgerTotals.columns.enumerated() {
            let value: Int = row[4 + position]
            if value != 0 { totals[keyPath: column.path] = value }
        }
        self.init(
            Key(
                hour: Moment(nanosecondsSince1970: row[0]), scope: row[1], upstream: row[2], model: ModelID(row[3])),
            totals)
    }
}
