import CachePrices
import GRDB
import PromptCache
import PromptCacheWarmer
import Synchronization
import WarmingPolicies

/// Writes a batch of rows within one transaction: the rows, what they prove, and the totals of their hours.
///
/// The proof starts from what the file knows of each prefix and scope, so that rows of other processes count.
struct RowWriter: Sendable {
    let prices: PriceList
    let retention: Duration

    func write(_ rows: [LedgerRow], to db: Database) throws {
        let identities = Set(rows.flatMap(SavingsProof.identities))
        var proof = SavingsProof(prices: prices, touches: try TouchTable.load(identities, db))
        var totals: [HourTotals.Key: LedgerTotals] = [:]
        let insert = try db.cachedStatement(sql: LedgerRow.insertion)
        for row in rows {
            try insert.execute(arguments: row.arguments)
            let saved = proof.add(row)
            totals[HourTotals.Key(of: row), default: LedgerTotals()]
                .add(row, saved: saved, premium: proof.premium(of: row))
        }
        try TouchTable.store(proof.touches, db)
        let upsert = try db.cachedStatement(sql: HourTotals.upsert)
        for (key, sums) in totals { try upsert.execute(arguments: HourTotals(key, sums).arguments) }
        if let newest = rows.map(\.at).max() { try forget(before: newest, db) }
    }

    /// Drops what is too old, a bit with each batch, so that no batch takes long.
    private func forget(before newest: Moment, _ db: Database) throws {
        let limit = (newest - retention).nanosecondsSince1970
        for table in ["event", "reservation"] {
            try db.cachedStatement(
                sql: "DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) WHERE at < ? LIMIT 4000)"
            ).execute(arguments: [limit])
        }
        // An hour beyond its end a touch says nothing even to rows that come late.
        try db.cachedStatement(
            sql: "DELETE FROM touch WHERE identity IN (SELECT identity FROM touch WHERE until < ? LIMIT 4000)"
        ).execute(arguments: [(newest - .seconds(3600)).nanosecondsSince1970])
        try db.cachedStatement(sql: "DELETE FROM spent WHERE quarter < ? AND scope <> ''").execute(
            arguments: [(newest - .seconds(3 * 86_400)).nanosecondsSince1970 / 900_000_000_000])
    }
}

/// Until when prefixes and scopes are kept.
private enum TouchTable {
    static func load(_ identities: Set<String>, _ db: Database) throws -> [String: SavingsProof.Touch] {
        let statement = try db.cachedStatement(
            sql: "SELECT arrival_until, ping_at, ping_until, ping_tokens FROM touch WHERE identity = ?")
        var found: [String: SavingsProof.Touch] = [:]
        for identity in identities {
            guard let row = try Row.fetchOne(statement, arguments: [identity]) else { continue }
            func moment(_ column: Int) -> Moment? {
                (row[column] as Int64?).map(Moment.init(nanosecondsSince1970:))
            }
            found[identity] = SavingsProof.Touch(
                arrivalUntil: moment(0), pingAt: moment(1), pingUntil: moment(2), pingTokens: row[3])
        }
        return found
    }

    static func store(_ touches: [String: SavingsProof.Touch], _ db: Database) throws {
        let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO touch VALUES (?, ?, ?, ?, ?, ?)")
        for (identity, touch) in touches {
            try statement.execute(
                arguments: [
                    identity, touch.arrivalUntil?.nanosecondsSince1970, touch.pingAt?.nanosecondsSince1970,
                    touch.pingUntil?.nanosecondsSince1970, touch.pingTokens, touch.until.nanosecondsSince1970,
                ])
        }
    }
}
