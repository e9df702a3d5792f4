import CachePrices
import PromptCacheWarmer
import WarmingPolicies

/// The arithmetic of budgets in SQL.
///
/// Whatever lies after the beginning of a day counts on that day, also what a clock that has jumped back calls the future:
/// so nothing can be spent twice.
enum SpendTable {
    /// A quarter of an hour in nanoseconds.
    private static let quarter: Int64 = 900_000_000_000
    /// How long a call can be under way over midnight; older ones were left behind by a crash and count on their day.
    private static let longestCall = Duration.seconds(3600)
    private static let everyone = ""

    /// Reservations take turns, in the whole fleet: each sees all that were granted before.
    static let opening = "BEGIN; SELECT pg_advisory_xact_lock(\(0x5043_574C_0002 as Int64))"

    /// Within a transaction that has begun with ``opening``.
    static func reserve(
        _ request: SpendRequest, _ budget: Budget, _ connection: Connection
    ) throws(PostgresFault) -> SpendAnswer {
        let off = try connection.run("SELECT reason FROM warming_off", [])
        if off.count > 0 {
            // Whoever switches it on again is heard of with the next beat.
            return .refused(
                SpendRefusal(
                    reason: "warming is switched off in the fleet: \(off[0, 0] ?? "")",
                    retryAt: request.wall + .seconds(10)))
        }
        let limits = [(budget, nil)] + (request.scopeBudget.map { [($0, request.scope)] } ?? [])
        for (limit, scope) in limits {
            let used = try used(limit, scope, on: request.wall, connection)
            let refusal = try limit.refusal(of: request, used: used, scope: scope) { () throws(PostgresFault) in
                try open(since: request.wall - Budget.longestCall, scope, connection)
            }
            if let refusal { return .refused(refusal) }
        }
        let at = request.wall.nanosecondsSince1970
        let made = try connection.run(
            """
            WITH account AS (
                INSERT INTO spent (scope, quarter, amount)
                SELECT name, $2, $4 FROM unnest(ARRAY['\(everyone)', $3]) AS name
                ON CONFLICT (scope, quarter) DO UPDATE SET amount = spent.amount + excluded.amount
            )
            INSERT INTO reservation (at, scope, amount) VALUES ($1, $3, $4) RETURNING id
            """,
            ["\(at)", "\(at / quarter)", request.scope, "\(request.worstCase.picodollars)"])
        let id = UInt64(made.integer(0, 0) ?? 0)
        return .granted(Reservation(id: id, scope: request.scope, amount: request.worstCase))
    }

    /// One statement; doing it twice is doing it once.
    static func settle(
        _ reservation: Reservation, at cost: USD, _ connection: Connection
    ) throws(PostgresFault) {
        try connection.run(
            """
            WITH closed AS (
                UPDATE reservation SET settled = $2 WHERE id = $1 AND settled IS NULL RETURNING at, scope, amount
            )
            INSERT INTO spent (scope, quarter, amount)
            SELECT name, at / \(quarter), $2 - amount FROM closed, unnest(ARRAY['\(everyone)', scope]) AS name
            ON CONFLICT (scope, quarter) DO UPDATE SET amount = spent.amount + excluded.amount
            """, ["\(reservation.id)", "\(cost.picodollars)"])
    }

    /// What was spent and is reserved on the day of a moment, by all or by one scope.
    static func used(
        _ limit: Budget, _ scope: String?, on wall: Moment, _ connection: Connection
    ) throws(PostgresFault) -> USD {
        let start = limit.startOfDay(wall)
        let sums = try connection.run(
            """
            SELECT coalesce((SELECT sum(amount) FROM spent WHERE scope = $1 AND quarter >= $2), 0)
                + coalesce((SELECT sum(amount) FROM reservation
                            WHERE settled IS NULL AND at >= $3 AND at < $4 AND ($1 = '\(everyone)' OR scope = $1)), 0)
            """,
            [
                scope ?? everyone, "\(start.nanosecondsSince1970 / quarter)",
                "\((start - longestCall).nanosecondsSince1970)", "\(start.nanosecondsSince1970)",
            ])
        return USD(picodollars: sums.integer(0, 0) ?? 0)
    }

    private static func open(
        since start: Moment, _ scope: String?, _ connection: Connection
    ) throws(PostgresFault) -> USD {
        let sum = try connection.run(
            """
            SELECT sum(amount)::bigint FROM reservation
            WHERE settled IS NULL AND at >= $1 AND ($2::text IS NULL OR scope = $2)
            """, ["\(start.nanosecondsSince1970)", scope])
        return USD(picodollars: sum.integer(0, 0) ?? 0)
    }
}
