import CachePrices
public import OrderedJSON
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

extension Stats {
    /// The report for programs: money as decimal strings, times in UTC, rates from 0 to 1 or null.
    public var json: JSONOutput {
        [
            "since": .string(StatsCalendar.iso8601(since)), "until": .string(StatsCalendar.iso8601(until)),
            "by": .string(grouping.rawValue),
            "groups": .array(groups.map { Self.report($0.totals, name: $0.name) }),
            "total": Self.report(total, name: nil),
        ]
    }

    private static func report(_ totals: LedgerTotals, name: String?) -> JSONOutput {
        var members: [JSONOutput.Member] = name.map { [JSONOutput.Member("name", .string($0))] } ?? []
        for field in fields { members.append(JSONOutput.Member(field.name, field.value(totals))) }
        members.append(
            JSONOutput.Member(
                "causes",
                .object(
                    MissCause.allCases.filter { totals.causes[$0] > 0 }.map {
                        JSONOutput.Member($0.word, .integer(totals.causes[$0]))
                    })))
        return .object(members)
    }

    /// A number of a group under its name in JSON and CSV.
    struct Field: Sendable {
        let name: String
        let value: @Sendable (LedgerTotals) -> JSONOutput
    }

    static let fields: [Field] = [
        Field(name: "requests") { .integer($0.requests) },
        Field(name: "cold_starts") { .integer($0.coldStarts) },
        Field(name: "hit_rate_tokens") { .optional($0.hitRateTokens) },
        Field(name: "hit_rate_requests") { .optional($0.hitRateRequests) },
        Field(name: "pings") { .integer($0.pings) },
        Field(name: "ping_usd") { .string($0.pingCost.decimal) },
        Field(name: "saved_usd") { .string($0.saved.decimal) },
        Field(name: "net_usd") { .string($0.net.decimal) },
        Field(name: "hour_premium_usd") { .string($0.premium.decimal) },
        Field(name: "request_usd") { .string($0.cost.decimal) },
        Field(name: "unknown_usage") { .integer($0.unknown) },
        Field(name: "ping_hits") { .integer($0.pingHits) },
        Field(name: "ping_failures") { .integer($0.pingFailures) },
        Field(name: "ping_refusals") { .integer($0.pingRefusals) },
        Field(name: "ttft_warm_ms") { .optional($0.warmWaits.mean) },
        Field(name: "ttft_cold_ms") { .optional($0.coldWaits.mean) },
        Field(name: "input_tokens") { .integer($0.usage.input) },
        Field(name: "write_5m_tokens") { .integer($0.usage.write5m) },
        Field(name: "write_1h_tokens") { .integer($0.usage.write1h) },
        Field(name: "read_tokens") { .integer($0.usage.read) },
        Field(name: "output_tokens") { .integer($0.usage.output) },
        Field(name: "ping_read_tokens") { .integer($0.pingUsage.read) },
        Field(name: "ping_write_tokens") { .integer($0.pingUsage.written) },
    ]

    /// The groups as RFC 4180 has tables, with a line of names first; what is not known is empty.
    public var csv: String {
        let names = ["name"] + Self.fields.map(\.name) + MissCause.allCases.map { "cause_\($0.word)" }
        let lines = groups.map { group in
            [Self.quoted(group.name)] + Self.fields.map { Self.cell($0.value(group.totals)) }
                + MissCause.allCases.map { String(group.totals.causes[$0]) }
        }
        return ([names] + lines).map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    private static func cell(_ value: JSONOutput) -> String {
        switch value {
        case .null: ""
        case .string(let text): quoted(text)
        default: value.text()
        }
    }

    private static func quoted(_ text: String) -> String {
        // A spreadsheet would take what begins like this for a formula.
        let isFormula = text.first.map { "=+@\t\r".contains($0) || $0 == "-" && Double(text) == nil } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) }) else { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }
}

extension MissCause {
    /// As one word, for keys: `first_sight`.
    fileprivate var word: String { rawValue.replacing(" ", with: "_") }
}
