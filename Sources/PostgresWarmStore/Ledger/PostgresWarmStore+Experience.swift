public import PromptCacheWarmer
public import WarmingPolicies

extension PostgresWarmStore: ExperienceStore {
    /// What nobody has written for so long is forgotten.
    private static let memory = Duration.seconds(30 * 86_400)
    /// Whoever adds to what is learned takes turns, in the whole fleet.
    private static let opening = "BEGIN; SELECT pg_advisory_xact_lock(\(0x5043_574C_0003 as Int64))"

    public func experience(_ names: [String]) async throws(LedgerError) -> [String: [UInt8]] {
        try await asking { connection throws(PostgresFault) in try Self.read(names, connection) }
    }

    @discardableResult
    public func merge(
        _ names: [String], at wall: Moment, _ merged: @escaping @Sendable ([String: [UInt8]]) -> [String: [UInt8]]
    ) async throws(LedgerError) -> [String: [UInt8]] {
        try await changing(Self.opening) { connection throws(PostgresFault) in
            let new = merged(try Self.read(names, connection))
            let pairs = Array(new)
            try connection.run(
                """
                INSERT INTO experience AS old (name, at, bytes)
                SELECT name, $3, bytes FROM unnest($1::text[], $2::bytea[]) AS new(name, bytes)
                ON CONFLICT (name) DO UPDATE SET at = greatest(old.at, excluded.at), bytes = excluded.bytes
                """,
                [
                    pairs.map { $0.key as String? }.asArray, pairs.map { $0.value.asBytea as String? }.asArray,
                    "\(wall.nanosecondsSince1970)",
                ])
            try connection.run(
                "DELETE FROM experience WHERE name IN (SELECT name FROM experience WHERE at < $1 LIMIT 4000)",
                ["\((wall - Self.memory).nanosecondsSince1970)"])
            return new
        }
    }

    private static func read(_ names: [String], _ connection: Connection) throws(PostgresFault) -> [String: [UInt8]] {
        let rows = try connection.run(
            "SELECT name, bytes FROM experience WHERE name = ANY($1::text[])",
            [names.map { $0 as String? }.asArray])
        return (0..<rows.count).reduce(into: [:]) { $0[rows[$1, 0] ?? ""] = [UInt8](bytea: rows[$1, 1] ?? "") }
    }
}
