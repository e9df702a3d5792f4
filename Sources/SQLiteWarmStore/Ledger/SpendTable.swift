import CachePrices
import GRDB
import PromptCacheWarmer
import WarmingPolicies

/// The arithmetic of budgets in SQL. Each function runs within a transaction that has the write lock.
///
/// Whatever lies after the beginning of a day counts on that day, also what a clock that has jumped back calls the future:
/// so nothing can be spent twice.
enum SpendTable {
    /// A quarter of an hour in nanoseconds.
    private static let quarter: Int64 = 900_000_000_000
    /// How long a call can be under way over midnight; older ones were left behind by a crash and count on their day.
    private static let longestCall = Duration.seconds(3600)
    private static let everyone = ""

    static func reserve(_ request: SpendRequest, _ budget: Budget, _ db: Database) throws -> SpendAnswer {
        let limits = [(budget, nil)] + (request.scopeBudget.map { [($0, request.scope)] } ?? [])
        for (limit, scope) in limits {
            let used = try used(limit, scope, on: request.wall, db)
            let refusal = try limit.refusal(of: request, used: used, scope: scope) {
                try open(since: request.wall - Budget.longestCall, scope, db)
            }
            if let refusal { return .refused(refusal) }
        }
        try db.cachedStatement(sql: "INSERT INTO reservation (at, scope, amount) VALUES (?, ?, ?)").execute(
            arguments: [request.wall.nanosecondsSince1970, request.scope, request.worstCase.picodollars])
        let id = UInt64(db.lastInsertedRowID)
        try add(request.worstCase, at: request.wall, request.scope, db)
        return .granted(Reservation(id: id, scope: request.scope, amount: request.worstCase))
    }

    static func settle(_ reservation: Reservation, at cost: USD, _ db: Database) throws {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "SELECT at, amount FROM reservation WHERE id = ? AND settled IS NULL"),
                arguments: [Int64(reservation.id)])
        else { return }
        try db.cachedStatement(sql: "UPDATE reservation SET settled = ? WHERE id = ?").execute(
            arguments: [cost.picodollars, Int64(reservation.id)])
        let amount = USD(picodollars: row["amount"])
        try add(cost - amount, at: Moment(nanosecondsSince1970: row["at"]), reservation.scope, db)
    }

    /// What was spent and is reserved on the day of a moment, by all or by one scope.
    static func used(_ limit: Budget, _ scope: String?, on wall: Moment, _ db: Database) throws -> USD {
        let start = limit.startOfDay(wall)
        let sum = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT sum(amount) FROM spent WHERE scope = ? AND quarter >= ?"),
            arguments: [scope ?? everyone, start.nanosecondsSince1970 / quarter])
        let open = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sum(amount) FROM reservation
                    WHERE settled IS NULL AND at >= ? AND at < ? AND (? IS NULL OR scope = ?)
                    """),
            arguments: [
                (start - longestCall).nanosecondsSince1970, start.nanosecondsSince1970, scope, scope,
            ])
        return USD(picodollars: sum ?? 0) + USD(picodollars: open ?? 0)
    }

    private static func open(since start: Moment, _ scope: String?, _ db: Database) throws -> USD {
        let sum = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sum(amount) FROM reservation WHERE settled IS NULL AND at >= ? AND (? IS NULL OR scope = ?)
                    """),
            arguments: [start.nanosecondsSince1970, scope, scope])
        return USD(picodollars: sum ?? 0)
    }

    private static func add(_ amount: USD, at moment: Moment, _ scope: String, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO spent (scope, quarter, amount) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET amount = amount + excluded.amount
                """)
        for name in [everyone, scope] {
            try statement.execute(
                arguments: [name, moment.nanosecondsSince1970 / quarter, amount.picodollars])
        }
    }
}
