import CachePrices
import PromptCache
public import PromptCacheWarmer
public import WarmingPolicies

extension PostgresWarmStore: Ledger {
    public var obstacle: String? { queue.obstacle }

    public func record(_ row: LedgerRow) { queue.add(row.noLater(than: now?() ?? SystemClock.wall)) }

    public func flush() async throws(LedgerError) { try await queue.flush() }

    public func rows(from start: Moment, to end: Moment) async throws(LedgerError) -> [LedgerRow] {
        try await asking { connection throws(PostgresFault) in
            let rows = try connection.run(
                "SELECT * FROM event WHERE at >= $1 AND at < $2 ORDER BY at, id",
                ["\(start.nanosecondsSince1970)", "\(end.nanosecondsSince1970)"])
            return (0..<rows.count).map { LedgerRow(rows, $0) }
        }
    }

    public func totals(from start: Moment, to end: Moment) async throws(LedgerError) -> [HourTotals] {
        try await asking { connection throws(PostgresFault) in
            let rows = try connection.run(
                "SELECT * FROM hourly WHERE hour >= $1 AND hour < $2 ORDER BY hour, scope, upstream, model",
                ["\(start.nanosecondsSince1970)", "\(end.nanosecondsSince1970)"])
            return (0..<rows.count).map { HourTotals(rows, $0) }
        }
    }

    /// Reads, or does something that may be done twice.
    func asking<Answer: Sendable>(
        _ question: @Sendable (Connection) throws(PostgresFault) -> Answer
    ) async throws(LedgerError) -> Answer {
        do throws(PostgresFault) {
            return try await pool.run(question)
        } catch {
            throw fault(error)
        }
    }

    /// Changes all or nothing.
    func changing<Answer: Sendable>(
        _ opening: String = "BEGIN", _ change: @Sendable (Connection) throws(PostgresFault) -> Answer
    ) async throws(LedgerError) -> Answer {
        do throws(PostgresFault) {
            return try await pool.transaction(opening, change)
        } catch {
            throw fault(error)
        }
    }
}

extension PostgresWarmStore: WarmStore {
    public func summary() async throws(LedgerError) -> LedgerSummary {
        try await asking { connection throws(PostgresFault) in
            let rows = try connection.run(
                """
                SELECT (SELECT max(version) FROM schema_version) AS version,
                    (SELECT count(*) FROM event) AS rows, (SELECT min(at) FROM event) AS oldest,
                    (SELECT max(at) FROM event) AS newest,
                    (SELECT count(*) FROM reservation WHERE settled IS NULL) AS open,
                    (SELECT sum(amount) FROM reservation WHERE settled IS NULL)::bigint AS open_amount,
                    (SELECT sum(settled) FROM reservation)::bigint AS settled
                """)
            return LedgerSummary(
                version: Int(rows.integer(0, "version") ?? 0), rows: Int(rows.integer(0, "rows") ?? 0),
                oldest: rows.moment(0, "oldest"), newest: rows.moment(0, "newest"),
                openReservations: Int(rows.integer(0, "open") ?? 0),
                openAmount: USD(picodollars: rows.integer(0, "open_amount") ?? 0),
                settled: USD(picodollars: rows.integer(0, "settled") ?? 0))
        }
    }

    /// Holds the accounts against what they are made of.
    ///
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if money is booked that was never reserved, or reserved and not booked.
    public func check() async throws(LedgerError) {
        let (booked, made) = try await asking { connection throws(PostgresFault) in
            let sums = try connection.run(
                """
                SELECT coalesce((SELECT sum(amount) FROM spent WHERE scope = ''), 0)::bigint,
                    coalesce((SELECT sum(coalesce(settled, amount)) FROM reservation), 0)::bigint,
                    EXISTS (SELECT 1 FROM spent WHERE scope = ''
                        AND quarter < (SELECT min(at) FROM reservation) / 900000000000)
                """)
            // What was reserved longer ago than rows are kept is booked, and gone.
            return (sums.integer(0, 0) ?? 0, sums[0, 2] == "t" ? sums.integer(0, 0) ?? 0 : sums.integer(0, 1) ?? 0)
        }
        guard booked == made else {
            throw LedgerError(
                .damaged,
                "\(place): \(USD(picodollars: booked)) is booked and \(USD(picodollars: made)) was reserved or settled; "
                    + "somebody has changed its tables: restore the database from a backup")
        }
    }

    /// Closes the connections once all that was taken in is written.
    ///
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it cannot be.
    public func close() async throws(LedgerError) {
        try await catchUp()
        try await flush()
        await pool.close()
    }
}
