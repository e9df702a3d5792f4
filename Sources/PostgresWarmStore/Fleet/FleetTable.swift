import PromptCache
import PromptCacheWarmer
import WarmingPolicies

/// Takes a beat in, within one transaction.
struct FleetTable {
    private let now: String
    private let connection: Connection

    /// - Parameter now: what stands for the store's clock; nil for that itself.
    init(now: String?, _ connection: Connection) throws(PostgresFault) {
        self.connection = connection
        self.now = try connection.run("SELECT \(PostgresWarmStore.now("$1"))", [now])[0, 0] ?? "0"
    }

    func take(_ beat: FleetBeat) throws(PostgresFault) -> FleetNews {
        try touch(beat.touches, continued: beat.continued)
        let late = try finish(beat.pings)
        let lost = try renew(beat.renewals)
        try note(beat, late: late)
        if let warming = beat.warming { try set(warming) }
        let reason = try connection.run("SELECT reason FROM warming_off", [])
        return FleetNews(offReason: reason.count > 0 ? reason[0, 0] : nil, lost: lost, late: late)
    }

    /// In the order of keys, so that two replicas never wait for each other in a circle.
    private func touch(
        _ touches: [FleetBeat.Touch], continued: [FleetBeat.Touch]
    ) throws(PostgresFault) {
        var ages: [String: (arrival: Duration?, continued: Duration?)] = [:]
        for touch in touches { ages[touch.key, default: (nil, nil)].arrival = touch.age }
        for turn in continued { ages[turn.key, default: (nil, nil)].continued = turn.age }
        if ages.isEmpty { return }
        let rows = ages.sorted { $0.key < $1.key }
        try connection.run(
            """
            INSERT INTO prefix AS old (key, arrived_at, continued_at)
            SELECT key, $4::bigint - arrival, $4::bigint - continued
            FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new(key, arrival, continued)
            ON CONFLICT (key) DO UPDATE SET arrived_at = \(Self.later("arrived_at", "$4")),
                continued_at = \(Self.later("continued_at", "$4"))
            """,
            [
                rows.map { $0.key as String? }.asArray, rows.map { $0.value.arrival?.nanoseconds }.asArray,
                rows.map { $0.value.continued?.nanoseconds }.asArray, now,
            ])
    }

    /// - Returns: how many had lost their lease.
    private func finish(_ pings: [FleetBeat.Ping]) throws(PostgresFault) -> Int {
        if pings.isEmpty { return 0 }
        let pings = pings.sorted { $0.key < $1.key }
        let rows = try connection.run(
            """
            INSERT INTO prefix AS old (key, pinged_at, verdict, generation)
            SELECT DISTINCT ON (key) key, $5::bigint - age, verdict, coalesce(generation, -1)
            FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS new(key, generation, age, verdict)
            ORDER BY key, generation DESC
            ON CONFLICT (key) DO UPDATE SET
                pinged_at = \(Self.later("pinged_at", "$5")),
                verdict = coalesce(excluded.verdict, old.verdict),
                leased_until = CASE WHEN old.generation = excluded.generation THEN 0 ELSE old.leased_until END
            RETURNING key, generation
            """,
            [
                pings.map { $0.key as String? }.asArray, pings.map(\.generation).asArray,
                pings.map { $0.age?.nanoseconds }.asArray, pings.map { $0.verdict?.rawValue }.asArray, now,
            ])
        var generations: [String: Int64] = [:]
        for row in 0..<rows.count { generations[rows[row, 0] ?? ""] = rows.integer(row, 1) }
        return pings.count { ping in ping.generation.map { $0 != generations[ping.key] } ?? false }
    }

    /// - Returns: those that were not to be had any more.
    private func renew(_ leases: [Lease]) throws(PostgresFault) -> [Lease] {
        if leases.isEmpty { return [] }
        let length = Lease.length.nanoseconds
        let rows = try connection.run(
            """
            UPDATE prefix SET leased_until = $3::bigint + \(length)
            FROM unnest($1::text[], $2::bigint[]) AS mine(key, generation)
            WHERE prefix.key = mine.key AND prefix.generation = mine.generation
                AND leased_until BETWEEN $3::bigint + 1 AND $3::bigint + \(length)
            RETURNING prefix.key, prefix.generation
            """,
            [leases.map { $0.key as String? }.asArray, leases.map { $0.generation as Int64? }.asArray, now])
        let kept = Set((0..<rows.count).map { Lease(key: rows[$0, 0] ?? "", generation: rows.integer($0, 1) ?? 0) })
        return leases.filter { !kept.contains($0) }
    }

    private func note(_ beat: FleetBeat, late: Int) throws(PostgresFault) {
        if beat.isLast {
            try connection.run("DELETE FROM replica WHERE name = $1", [beat.replica])
            return
        }
        try connection.run(
            """
            INSERT INTO replica AS old (name, heard_at, skew, lag, scopes, holds, pings, late)
            VALUES ($1, $2::bigint, $3::bigint - $2::bigint, $4, coalesce($5::bigint, 0), coalesce($6::bigint, 0), $7, $8)
            ON CONFLICT (name) DO UPDATE SET heard_at = excluded.heard_at, skew = excluded.skew, lag = excluded.lag,
                scopes = coalesce($5::bigint, old.scopes), holds = coalesce($6::bigint, old.holds),
                pings = old.pings + excluded.pings, late = old.late + excluded.late
            """,
            [
                beat.replica, now, "\(beat.wall.nanosecondsSince1970)", "\(beat.lag.nanoseconds)",
                beat.scopes.map { "\($0)" }, beat.holds.map { "\($0)" }, "\(beat.pings.count)", "\(late)",
            ])
        try forget()
    }

    /// What nobody has touched for long, and replicas that have died.
    private func forget() throws(PostgresFault) {
        guard Int.random(in: 0..<100) == 0 else { return }
        try connection.forgetSome(
            of: "prefix",
            where: "greatest(arrived_at, pinged_at, continued_at, leased_until) < $1::bigint - 7200000000000", now)
        try connection.run("DELETE FROM replica WHERE heard_at < $1::bigint - 86400000000000", [now])
    }

    private func set(_ warming: FleetBeat.Warming) throws(PostgresFault) {
        switch warming {
        case .on: try connection.run("DELETE FROM warming_off")
        case .off(let reason):
            try connection.run(
                """
                INSERT INTO warming_off (reason, at) VALUES ($1, $2)
                ON CONFLICT (sole) DO UPDATE SET reason = excluded.reason, at = excluded.at
                """, [reason, now])
        }
    }

    /// The later of what is there and what is told, unless the one that is there was written before the clock jumped back.
    private static func later(_ column: String, _ now: String) -> String {
        """
        CASE WHEN excluded.\(column) IS NULL THEN old.\(column)
            WHEN old.\(column) <= \(now)::bigint + \(Standing.future.nanoseconds)
            THEN greatest(old.\(column), excluded.\(column)) ELSE excluded.\(column) END
        """
    }
}
