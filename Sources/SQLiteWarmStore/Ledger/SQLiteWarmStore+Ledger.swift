import CachePrices
import GRDB
import PromptCache
public import PromptCacheWarmer
public import WarmingPolicies

extension SQLiteWarmStore: Ledger {
    public var obstacle: String? { queue.obstacle }

    public func record(_ row: LedgerRow) { queue.add(row.noLater(than: now())) }

    public func flush() async throws(LedgerError) { try await queue.flush() }

    public func rows(from start: Moment, to end: Moment) async throws(LedgerError) -> [LedgerRow] {
        do {
            return try await pool.read { db in
                try Row.fetchAll(
                    db, sql: "SELECT * FROM event WHERE at >= ? AND at < ? ORDER BY at, id",
                    arguments: [start.nanosecondsSince1970, end.nanosecondsSince1970]
                ).map(LedgerRow.init)
            }
        } catch {
            throw fault(error)
        }
    }

    public func totals(from start: Moment, to end: Moment) async throws(LedgerError) -> [HourTotals] {
        do {
            return try await pool.read { db in
                try Array(
                    Row.fetchCursor(
                        db,
                        sql: HourTotals.selection
                            + " WHERE hour >= ? AND hour < ? ORDER BY hour, scope, upstream, model",
                        arguments: [start.nanosecondsSince1970, end.nanosecondsSince1970]
                    ).map(HourTotals.init))
            }
        } catch {
            throw fault(error)
        }
    }
}

extension SQLiteWarmStore: WarmStore {
    /// What the file says about itself.
    public func summary() async throws(LedgerError) -> LedgerSummary {
        do {
            return try await pool.read { db in
                func integer(_ sql: String) throws -> Int64? { try Int64.fetchOne(db, sql: sql) }
                return LedgerSummary(
                    version: try FileKind.version(of: db), rows: Int(try integer("SELECT count(*) FROM event") ?? 0),
                    oldest: try integer("SELECT min(at) FROM event").map(Moment.init(nanosecondsSince1970:)),
                    newest: try integer("SELECT max(at) FROM event").map(Moment.init(nanosecondsSince1970:)),
                    openReservations: Int(
                        try integer("SELECT count(*) FROM reservation WHERE settled IS NULL") ?? 0),
                    openAmount: USD(
                        picodollars: try integer("SELECT sum(amount) FROM reservation WHERE settled IS NULL") ?? 0),
                    settled: USD(picodollars: try integer("SELECT sum(settled) FROM reservation") ?? 0))
            }
        } catch {
            throw fault(error)
        }
    }

    /// Reads every page.
    ///
    /// - Throws: ``PromptCacheWarmer/LedgerError`` with the first fault that SQLite finds.
    public func check() async throws(LedgerError) {
        let found: String?
        do {
            found = try await pool.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") }
        } catch {
            throw fault(error)
        }
        guard found == "ok" else {
            throw LedgerError(
                .damaged,
                "\(path): is damaged (\((found ?? "").split(separator: "\n").joined(separator: " "))); put a copy in its "
                    + "place, or save what is left with `sqlite3 \(path) .recover`")
        }
    }

    /// Closes the file once all that was taken in is written.
    ///
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it cannot be.
    public func close() async throws(LedgerError) {
        try await flush()
        let pool = pool
        do {
            try await StoreFile.offThePool { () throws(LedgerError) in
                do { try pool.close() } catch { throw LedgerError(.broken, "\(error)") }
            }
        } catch {
            throw LedgerError(error.code, "\(path): \(error.reason)")
        }
    }
}
