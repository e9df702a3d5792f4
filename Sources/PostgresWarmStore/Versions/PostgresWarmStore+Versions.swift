public import PromptCache
public import PromptCacheWarmer
public import PromptInspection
public import WarmingPolicies

extension PostgresWarmStore: PromptVersions {
    public func record(
        _ name: String, _ request: MessagesRequest, at moment: Moment
    ) async throws(LedgerError) -> (version: PromptVersion, isNew: Bool) {
        let identity = PromptVersion.identity(of: request)
        let body = request.bytes.asBytea
        // Who counts versions takes turns; readers do not wait.
        let (number, isNew) = try await changing("BEGIN; LOCK TABLE version IN SHARE ROW EXCLUSIVE MODE") {
            connection throws(PostgresFault) in
            let known = try connection.run(
                "SELECT number FROM version WHERE name = $1 AND identity = $2", [name, identity])
            if let number = known.count > 0 ? known.integer(0, 0) : nil { return (Int(number), false) }
            let made = try connection.run(
                """
                INSERT INTO version (name, number, identity, body, at)
                SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM version WHERE name = $1 RETURNING number
                """, [name, identity, body, "\(moment.nanosecondsSince1970)"])
            return (Int(made.integer(0, 0) ?? 0), true)
        }
        return (PromptVersion(name: name, number: number, request: request), isNew)
    }

    public func list(_ name: String?) async throws(LedgerError) -> [RecordedVersion] {
        let rows = try await asking { connection throws(PostgresFault) in
            let rows = try connection.run(
                """
                SELECT version.name, version.number, body, at,
                    string_agg(environment, ',' ORDER BY environment) AS environments
                FROM version LEFT JOIN current USING (name, number) WHERE $1::text IS NULL OR version.name = $1
                GROUP BY version.name, version.number ORDER BY version.name, version.number
                """, [name])
            return (0..<rows.count).map { row in
                VersionRow(
                    name: rows[row, "name"] ?? "", number: Int(rows.integer(row, "number") ?? 0),
                    body: rows[row, "body"] ?? "", at: rows.moment(row, "at") ?? .distantPast,
                    environments: rows[row, "environments"] ?? "")
            }
        }
        var versions: [RecordedVersion] = []
        for row in rows {
            do {
                versions.append(try row.recorded())
            } catch {
                throw LedgerError(.damaged, "\(place): \(row.name)@\(row.number) cannot be read: \(error)")
            }
        }
        return versions
    }

    public func switchTo(
        _ version: PromptVersion, in environment: String, at moment: Moment
    ) async throws(LedgerError) {
        try await changing { connection throws(PostgresFault) in
            try connection.run(
                """
                INSERT INTO current (name, environment, number) VALUES ($1, $2, $3)
                ON CONFLICT (name, environment) DO UPDATE SET number = excluded.number
                """, [version.name, environment, "\(version.number)"])
            try connection.run(
                "INSERT INTO switched (name, environment, number, at) VALUES ($1, $2, $3, $4)",
                [version.name, environment, "\(version.number)", "\(moment.nanosecondsSince1970)"])
        }
    }
}

private struct VersionRow: Sendable {
    var name: String
    var number: Int
    /// As PostgreSQL writes it.
    var body: String
    var at: Moment
    var environments: String

    func recorded() throws -> RecordedVersion {
        return RecordedVersion(
            version: PromptVersion(name: name, number: number, request: try MessagesRequest([UInt8](bytea: body))),
            at: at,
            currentIn: environments.split(separator: ",").map(String.init))
    }
}
