import PromptCacheWarmer
import WarmingPolicies

/// A ledger that tells the dashboard of arrivals as they are written down; also where none is kept.
struct HeardLedger: Ledger {
    let ledger: (any Ledger)?
    let history: TickHistory

    func record(_ row: LedgerRow) {
        if row.kind == .arrival { history.arrived(row) }
        ledger?.record(row)
    }

    func flush() async throws(LedgerError) { try await ledger?.flush() }

    var obstacle: String? { ledger?.obstacle }

    func rows(from start: Moment, to end: Moment) async throws(LedgerError) -> [LedgerRow] {
        try await ledger?.rows(from: start, to: end) ?? []
    }

    func totals(from start: Moment, to end: Moment) async throws(LedgerError) -> [HourTotals] {
        try await ledger?.totals(from: start, to: end) ?? []
    }
}
