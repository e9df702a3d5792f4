import PromptCache
public import PromptCacheWarmer
import WarmingPolicies

/// The rule of `Standing` in SQL: a claim is one statement that also sees whether anybody has touched the prefix.
extension PostgresWarmStore: PingLease {
    public func claim(_ claim: PingClaim) async throws(LedgerError) -> ClaimAnswer {
        let now = nowParameter
        let window = claim.known - Standing.tolerance
        let turn = claim.turn.map { "\(($0 - Standing.tolerance).nanoseconds)" }
        return try await asking { connection throws(PostgresFault) in
            let granted = try connection.run(
                Self.claiming, [claim.key, claim.replica, now, "\(window.nanoseconds)", turn])
            if let generation = granted.count > 0 ? granted.integer(0, 0) : nil {
                return .granted(Lease(key: claim.key, generation: generation))
            }
            let rows = try connection.run(Self.looking, [[claim.key as String?].asArray, now])
            // What has just been given up may be asked for again.
            guard rows.count > 0 else { return .held(for: Lease.length) }
            let touch = LastTouch(rows, 0)
            func isNews(_ age: Duration?, _ known: Duration?) -> Bool {
                if let age, let known { age + Standing.tolerance < known } else { false }
            }
            let isTouched =
                isNews(touch.arrival, claim.known) || isNews(touch.ping, claim.known)
                || isNews(touch.continued, claim.turn)
            return isTouched ? .touched(touch) : .held(for: max(.zero, .nanoseconds(rows.integer(0, "lease") ?? 0)))
        }
    }

    public func beat(_ beat: FleetBeat) async throws(LedgerError) -> FleetNews {
        let now = nowParameter
        // What a crash of the server's could take away is no money: touches of the last moment.
        return try await changing("BEGIN; SET LOCAL synchronous_commit = off") { connection throws(PostgresFault) in
            try FleetTable(now: now, connection).take(beat)
        }
    }

    public func touches(of keys: [String]) async throws(LedgerError) -> [String: LastTouch] {
        let now = nowParameter
        return try await asking { connection throws(PostgresFault) in
            let rows = try connection.run(Self.looking, [keys.map { $0 as String? }.asArray, now])
            return (0..<rows.count).reduce(into: [:]) { $0[rows[$1, "key"] ?? ""] = LastTouch(rows, $1) }
        }
    }

    public func replicas() async throws(LedgerError) -> [ReplicaStatus] {
        let now = nowParameter
        return try await asking { connection throws(PostgresFault) in
            let rows = try connection.run(
                """
                SELECT name, \(Self.now("$1")) - heard_at AS age, skew, lag, scopes, holds, pings, late
                FROM replica ORDER BY name
                """, [now])
            return (0..<rows.count).map { row in
                func number(_ column: String) -> Int64 { rows.integer(row, column) ?? 0 }
                return ReplicaStatus(
                    name: rows[row, "name"] ?? "", age: .nanoseconds(number("age")), skew: .nanoseconds(number("skew")),
                    lag: .nanoseconds(number("lag")), scopes: Int(number("scopes")), holds: Int(number("holds")),
                    pings: Int(number("pings")), late: Int(number("late")))
            }
        }
    }

    private var nowParameter: String? { now.map { "\($0().nanosecondsSince1970)" } }

    /// The store's clock, or what stands for it.
    static func now(_ parameter: String) -> String {
        "coalesce(\(parameter)::bigint, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint * 1000)"
    }

    /// `excluded.leased_until − length` is the present, of which there must be one only.
    private static let claiming = """
        INSERT INTO prefix AS old (key, holder, generation, leased_until)
        VALUES ($1, $2, 1, \(now("$3")) + \(Lease.length.nanoseconds))
        ON CONFLICT (key) DO UPDATE
        SET holder = excluded.holder, generation = old.generation + 1, leased_until = excluded.leased_until
        WHERE (old.holder = excluded.holder
                OR old.leased_until NOT BETWEEN excluded.leased_until - \(Lease.length.nanoseconds) + 1
                    AND excluded.leased_until)
            AND \(isUntouched("arrived_at", "$4")) AND \(isUntouched("pinged_at", "$4"))
            AND ($5::bigint IS NULL OR \(isUntouched("continued_at", "$5")))
        RETURNING generation
        """

    private static func isUntouched(_ column: String, _ window: String) -> String {
        """
        coalesce(old.\(column), 0) NOT BETWEEN excluded.leased_until - \(Lease.length.nanoseconds) - \(window)::bigint + 1
            AND excluded.leased_until - \(Lease.length.nanoseconds) + \(Standing.future.nanoseconds)
        """
    }

    private static let looking = """
        SELECT \(now("$2")) - arrived_at AS arrival, \(now("$2")) - pinged_at AS ping, verdict,
            leased_until - \(now("$2")) AS lease, \(now("$2")) - continued_at AS continued, key,
            nullif(holder, '') AS holder
        FROM prefix WHERE key = ANY($1::text[])
        """
}

extension LastTouch {
    fileprivate init(_ rows: Rows, _ row: Int) {
        func age(_ column: String) -> Duration? {
            // What lies further in the future was written before the clock jumped back.
            guard let age = rows.integer(row, column).map(Duration.nanoseconds), age >= .zero - Standing.future else {
                return nil
            }
            return max(.zero, age)
        }
        self.init(
            arrival: age("arrival"), ping: age("ping"), verdict: rows[row, "verdict"].flatMap(Verdict.init(rawValue:)),
            continued: age("continued"), holder: rows[row, "holder"])
    }
}

extension PingClaim {
    /// How old a touch may be at most that the replica does not know of.
    fileprivate var known: Duration { min(age ?? lifetime, lifetime) }
}

extension Duration {
    /// Whole ones.
    var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
