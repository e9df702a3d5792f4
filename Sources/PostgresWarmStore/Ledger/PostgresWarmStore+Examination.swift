import CPostgres
public import PromptCacheWarmer
import WarmingPolicies

extension PostgresWarmStore {
    /// What a look at a database has found.
    public struct Examination: Sendable, Hashable {
        /// The version of the server, and of the library that speaks to it.
        public var server: String
        public var library: String
        /// Of its tables, 0 for none yet, and the newest that is known here.
        public var version: Int
        public var newest: Int
        /// Tables that may not be read and written; the database's name where they may not be made.
        public var lacking: [String]
        /// By how much this machine's clock is ahead of the server's.
        public var skew: Duration
    }

    /// Looks at a database and changes nothing.
    ///
    /// - Throws: ``PromptCacheWarmer/LedgerError`` as opening it would.
    public static func examine(_ url: String) async throws(LedgerError) -> Examination {
        let server = try PostgresServer(url)
        let pool = ConnectionPool(ConnectionDoor(server) { _ throws(PostgresFault) in }, count: 1)
        do {
            return try await pool.run { connection throws(PostgresFault) in try Examination(connection) }
        } catch {
            throw error.error(server.name)
        }
    }
}

extension PostgresWarmStore.Examination {
    fileprivate init(_ connection: Connection) throws(PostgresFault) {
        let number = Int(PQlibVersion())
        library = "\(number / 10_000).\(number % 10_000)"
        server = try connection.run("SELECT split_part(current_setting('server_version'), ' ', 1)")[0, 0] ?? "?"
        let asked = SystemClock.wall
        let there = try connection.run("SELECT \(PostgresWarmStore.now("NULL")) AS now").moment(0, "now") ?? asked
        // The server has looked at its clock somewhere in between.
        skew = asked + (SystemClock.wall - asked) / 2 - there
        version = try Schema.standard.version(connection)
        newest = Schema.standard.steps.count
        let lacking = try connection.run(
            version == 0
                ? "SELECT current_database() WHERE NOT has_database_privilege(current_database(), 'CREATE')"
                : """
                SELECT tablename FROM pg_tables WHERE schemaname = '\(Schema.name)' AND EXISTS (
                    SELECT 1 FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS doing
                    WHERE NOT has_table_privilege(format('%I.%I', schemaname, tablename), doing))
                ORDER BY tablename
                """)
        self.lacking = (0..<lacking.count).compactMap { lacking[$0, 0] }
    }
}
