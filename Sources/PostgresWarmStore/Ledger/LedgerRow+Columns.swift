import CachePrices
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

extension LedgerRow {
    /// All but its number, which the table gives.
    static let columns = Array(LedgerTable.event.columns.dropFirst())

    /// In the order of ``columns``.
    var values: [String?] {
        [
            String(at.nanosecondsSince1970), kind.rawValue, outcome.rawValue, scope, upstream, model.name,
            prefixes.map(\.text).joined(separator: " "), lifetime.rawValue, choseHour ? "t" : "f",
            usage.map { String($0.input) }, usage.map { String($0.write5m) },
            usage.map { String($0.write1h) }, usage.map { String($0.read) }, usage.map { String($0.output) },
            cost.map { String($0.picodollars) }, cause?.rawValue,
            timeToFirstToken.map { String(Int64($0 / .nanoseconds(1))) }, reason,
            expectedValue.map { String($0.picodollars) },
        ]
    }

    /// Reads a row of the table. What this version does not know, such as a cause, is left out.
    init(_ rows: Rows, _ row: Int) {
        func text(_ name: String) -> String { rows[row, name] ?? "" }
        func number(_ name: String) -> Int { Int(rows.integer(row, name) ?? 0) }
        let usage = rows.integer(row, "input").map {
            Usage(
                input: Int($0), write5m: number("write_5m"), write1h: number("write_1h"), read: number("read"),
                output: number("output"))
        }
        let lifetime = Lifetime(rawValue: text("lifetime")) ?? .fiveMinutes
        self.init(
            Kind(rawValue: text("kind")) ?? .arrival, outcome: Outcome(rawValue: text("outcome")) ?? .failed,
            at: rows.moment(row, "at") ?? .distantPast, scope: text("scope"), upstream: text("upstream"),
            model: ModelID(text("model")),
            prefixes: text("prefixes").split(separator: " ").compactMap { CoveredPrefix($0, lifetime: lifetime) },
            lifetime: lifetime,
            choseHour: rows.truth(row, "chose_hour"), usage: usage,
            cost: rows.integer(row, "cost").map(USD.init(picodollars:)),
            cause: rows[row, "cause"].flatMap(MissCause.init(rawValue:)),
            timeToFirstToken: rows.integer(row, "first_token").map { .nanoseconds($0) }, reason: text("reason"),
            expectedValue: rows.integer(row, "expected_value").map(USD.init(picodollars:)))
    }
}

extension HourTotals {
    private static let names = LedgerTotals.columns.map(\.name)

    /// Adds the sums of many keys at once; they come in the order of keys, so that two writers never wait for each other
    /// in a circle. Of most columns there is nothing to add, and nothing is said.
    static func add(_ sums: [HourTotals], _ connection: Connection) throws(PostgresFault) {
        let sums = sums.sorted { $0.key < $1.key }
        let counted = LedgerTotals.columns.filter { column in sums.contains { $0.totals[keyPath: column.path] != 0 } }
        let texts = [sums.map(\.key.scope), sums.map(\.key.upstream), sums.map(\.key.model.name)]
        try connection.run(
            addition(of: counted.map(\.name)),
            [sums.map { $0.key.hour.nanosecondsSince1970 as Int64? }.asArray]
                + texts.map { column in column.map { $0 as String? }.asArray }
                + counted.map { column in sums.map { Int64($0.totals[keyPath: column.path]) as Int64? }.asArray })
    }

    private static func addition(of counted: [String]) -> String {
        let isCounted = Set(counted)
        let changes = counted.map { "\($0) = hourly.\($0) + excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO hourly (hour, scope, upstream, model, \(names.joined(separator: ", ")))
            SELECT hour, scope, upstream, model, \
            \(names.map { isCounted.contains($0) ? $0 : "0" }.joined(separator: ", "))
            FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]\
            \(counted.indices.map { ", $\($0 + 5)::bigint[]" }.joined()))
                AS new(\((["hour", "scope", "upstream", "model"] + counted).joined(separator: ", ")))
            ON CONFLICT (hour, scope, upstream, model) DO \(counted.isEmpty ? "NOTHING" : "UPDATE SET \(changes)")
            """
    }

    init(_ rows: Rows, _ row: Int) {
        var totals = LedgerTotals()
        for column in LedgerTotals.columns { totals[keyPath: column.path] = Int(rows.integer(row, column.name) ?? 0) }
        self.init(
            Key(
                hour: rows.moment(row, "hour") ?? .distantPast, scope: rows[row, "scope"] ?? "",
                upstream: rows[row, "upstream"] ?? "", model: ModelID(rows[row, "model"] ?? "")), totals)
    }
}
