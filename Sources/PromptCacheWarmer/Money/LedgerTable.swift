/// The tables that make a ledger, the same on every engine, to be moved from one to another.
package enum LedgerTable: String, CaseIterable, Sendable {
    case event, touch, hourly, reservation, spent, experience

    package var columns: [String] {
        switch self {
        case .event:
            [
                "id", "at", "kind", "outcome", "scope", "upstream", "model", "prefixes", "lifetime",
                "chose_hour", "input", "write_5m", "write_1h", "read", "output", "cost", "cause", "first_token",
                "reason", "expected_value",
            ]
        case .touch: ["identity", "arrival_until", "ping_at", "ping_until", "ping_tokens", "until"]
        case .hourly: ["hour", "scope", "upstream", "model"] + LedgerTotals.columns.map(\.name)
        case .reservation: ["id", "at", "scope", "amount", "settled"]
        case .spent: ["scope", "quarter", "amount"]
        case .experience: ["name", "at", "bytes"]
        }
    }

    /// Takes some rows of a table: texts in the order of ``columns``.
    package typealias Sink = (_ table: LedgerTable, _ rows: [[String?]]) throws(LedgerError) -> Void
}
