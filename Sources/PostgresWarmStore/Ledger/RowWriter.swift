import CachePrices
import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// Writes a batch of rows within one transaction: the rows, what they prove, and the totals of their hours.
///
/// The proof starts from what the ledger knows of each prefix and scope, so that rows of other processes count; their
/// batches that touch the same prefixes take turns.
struct RowWriter: Sendable {
    let prices: PriceList
    let retention: Duration
    /// Tells this process from all others.
    let replica = String(UInt64.random(in: .min ... .max), radix: 36)

    /// - Parameter before: how many rows this process has written before these.
    func write(_ rows: [LedgerRow], before: Int, _ connection: Connection) throws(PostgresFault) {
        let newest = rows.map(\.at).max() ?? .distantPast
        let written = try connection.run(
            """
            INSERT INTO writer VALUES ($1, 0, $2) ON CONFLICT (replica) DO UPDATE SET at = excluded.at RETURNING written
            """, [replica, "\(newest.nanosecondsSince1970)"]
        ).integer(0, 0)
        // Where the answer to a batch was lost, it may be here already.
        let rows = Array(rows.dropFirst(max(0, Int(written ?? 0) - before)))
        if rows.isEmpty { return }
        try connection.run(
            "UPDATE writer SET written = $2 WHERE replica = $1",
            [replica, "\(max(Int(written ?? 0), before) + rows.count)"])

        var proof = SavingsProof(
            prices: prices, touches: try TouchTable.load(Set(rows.flatMap(SavingsProof.identities)), connection))
        var totals: [HourTotals.Key: LedgerTotals] = [:]
        var lines = CopyLines()
        for row in rows {
            lines.add(row.values)
            let saved = proof.add(row)
            totals[HourTotals.Key(of: row), default: LedgerTotals()]
                .add(row, saved: saved, premium: proof.premium(of: row))
        }
        try connection.copy(into: "event", columns: LedgerRow.columns, lines.bytes)
        try TouchTable.store(proof.touches, connection)
        try HourTotals.add(totals.map { HourTotals($0.key, $0.value) }, connection)
        try forget(before: newest, connection)
    }

    /// Drops what is too old, a bit with each batch, so that no batch takes long; what another process is dropping is
    /// left to it.
    private func forget(before newest: Moment, _ connection: Connection) throws(PostgresFault) {
        func drop(_ table: String, where condition: String, _ limit: Int64) throws(PostgresFault) {
            try connection.run(
                """
                DELETE FROM \(table) WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM \(table) WHERE \(condition) LIMIT 4000 FOR UPDATE SKIP LOCKED))
                """, ["\(limit)"])
        }
        let limit = (newest - retention).nanosecondsSince1970
        for table in ["event", "reservation", "writer"] { try drop(table, where: "at < $1", limit) }
        // An hour beyond its end a touch says nothing even to rows that come late.
        if Int.random(in: 0..<100) == 0 {
            try connection.forgetSome(
                of: "touch", where: "until < $1::bigint", "\((newest - .seconds(3600)).nanosecondsSince1970)")
        }
        try drop(
            "spent", where: "quarter < $1 AND scope <> ''",
            (newest - .seconds(3 * 86_400)).nanosecondsSince1970 / 900_000_000_000)
    }
}

/// Until when prefixes and scopes are kept.
private enum TouchTable {
    /// Reads and locks; what nobody has touched yet gets a row, so that it can be locked. In order, so that two batches
    /// never wait for each other in a circle.
    static func load(
        _ identities: Set<String>, _ connection: Connection
    ) throws(PostgresFault) -> [String: SavingsProof.Touch] {
        let names = identities.sorted().map { $0 as String? }.asArray
        try connection.run(
            """
            INSERT INTO touch (identity, ping_tokens, until) SELECT identity, 0, 0 FROM unnest($1::text[]) AS identity
            ON CONFLICT (identity) DO NOTHING
            """, [names])
        let rows = try connection.run(
            """
            SELECT identity, arrival_until, ping_at, ping_until, ping_tokens, until
            FROM touch WHERE identity = ANY($1::text[]) ORDER BY identity FOR UPDATE
            """, [names])
        var found: [String: SavingsProof.Touch] = [:]
        for row in 0..<rows.count where rows.integer(row, 5) != 0 {
            found[rows[row, 0] ?? ""] = SavingsProof.Touch(
                arrivalUntil: rows.integer(row, 1).map(Moment.init(nanosecondsSince1970:)),
                pingAt: rows.integer(row, 2).map(Moment.init(nanosecondsSince1970:)),
                pingUntil: rows.integer(row, 3).map(Moment.init(nanosecondsSince1970:)),
                pingTokens: Int(rows.integer(row, 4) ?? 0))
        }
        return found
    }

    static func store(
        _ touches: [String: SavingsProof.Touch], _ connection: Connection
    ) throws(PostgresFault) {
        let touches = Array(touches)
        func column(_ value: (SavingsProof.Touch) -> Int64?) -> String { touches.map { value($0.value) }.asArray }
        try connection.run(
            """
            UPDATE touch SET arrival_until = new.arrival_until, ping_at = new.ping_at, ping_until = new.ping_until,
                ping_tokens = new.ping_tokens, until = new.until
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
                AS new(identity, arrival_until, ping_at, ping_until, ping_tokens, until)
            WHERE touch.identity = new.identity
            """,
            [
                touches.map { $0.key as String? }.asArray, column { $0.arrivalUntil?.nanosecondsSince1970 },
                column { $0.pingAt?.nanosecondsSince1970 }, column { $0.pingUntil?.nanosecondsSince1970 },
                column { Int64($0.pingTokens) }, column { $0.until.nanosecondsSince1970 },
            ])
    }
}
