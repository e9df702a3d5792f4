import Foundation
import GRDB
public import PromptCache
public import PromptCacheWarmer
public import PromptInspection
public import WarmingPolicies

/// Which versions of which prompts there are, and which one is current in which environment: one SQLite file.
///
/// Unlike a ledger it holds prompts, since a version that is switched to is sent; only its owner may read it.
public final class VersionStore: PromptVersions {
    /// The file.
    public let path: String
    private let pool: DatabasePool

    private init(path: String, pool: DatabasePool) {
        self.path = path
        self.pool = pool
    }

    /// Opens a file of versions, or makes one where there is none.
    ///
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if it is something else, damaged, or cannot be opened.
    public static func open(_ path: String, mustExist: Bool = false) async throws(LedgerError) -> VersionStore {
        let pool = try await StoreFile.offThePool { () throws(LedgerError) in
            try StoreFile.open(path, as: .versions, mustExist: mustExist)
        }
        return VersionStore(path: path, pool: pool)
    }

    public func record(
        _ name: String, _ request: MessagesRequest, at moment: Moment
    ) async throws(LedgerError) -> (version: PromptVersion, isNew: Bool) {
        let identity = PromptVersion.identity(of: request)
        let (number, isNew) = try await write { db in
            let known = try Int.fetchOne(
                db, sql: "SELECT number FROM version WHERE name = ? AND identity = ?", arguments: [name, identity])
            if let known { return (known, false) }
            let number =
                (try Int.fetchOne(
                    db, sql: "SELECT max(number) FROM version WHERE name = ?", arguments: [name]) ?? 0) + 1
            try db.execute(
                sql: "INSERT INTO version (name, number, identity, body, at) VALUES (?, ?, ?, ?, ?)",
                arguments: [name, number, identity, request.bytes.asData, moment.nanosecondsSince1970])
            return (number, true)
        }
        return (PromptVersion(name: name, number: number, request: request), isNew)
    }

    public func list(_ name: String?) async throws(LedgerError) -> [RecordedVersion] {
        let path = path
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT version.*, group_concat(current.environment) AS environments FROM version
                    LEFT JOIN current USING (name, number)
                    WHERE ?1 IS NULL OR version.name = ?1
                    GROUP BY version.name, version.number ORDER BY version.name, version.number
                    """, arguments: [name]
            ).map { try Self.recorded($0, path) }
        }
    }

    public func switchTo(
        _ version: PromptVersion, in environment: String, at moment: Moment
    ) async throws(LedgerError) {
        try await write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO current (name, environment, number) VALUES (?, ?, ?)",
                arguments: [version.name, environment, version.number])
            try db.execute(
                sql: "INSERT INTO switched (name, environment, number, at) VALUES (?, ?, ?, ?)",
                arguments: [version.name, environment, version.number, moment.nanosecondsSince1970])
        }
    }

    // MARK: Rows

    private static func recorded(_ row: Row, _ path: String) throws(LedgerError) -> RecordedVersion {
        let name: String = row["name"]
        let number: Int = row["number"]
        do {
            let body: Data = row["body"]
            let version = PromptVersion(name: name, number: number, request: try MessagesRequest(Array(body)))
            let environments = (row["environments"] as String?)?.split(separator: ",").map(String.init) ?? []
            return RecordedVersion(
                version: version, at: Moment(nanosecondsSince1970: row["at"]), currentIn: environments.sorted())
        } catch {
            throw LedgerError(.damaged, "\(path): \(name)@\(number) cannot be read: \(error)")
        }
    }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do { return try await pool.read(body) } catch { throw StoreFile.fault(error, path, .versions) }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do { return try await pool.write(body) } catch { throw StoreFile.fault(error, path, .versions) }
    }
}

extension [UInt8] {
    fileprivate var asData: Data { Data(self) }
}

extension FileKind {
    /// "PCWV"
    static let versions = FileKind(
        noun: "file of versions", applicationID: 0x5043_5756,
        migrations: [
            { db in
                try db.execute(
                    sql: """
                        CREATE TABLE version (
                            name TEXT NOT NULL, number INTEGER NOT NULL, identity TEXT NOT NULL, body BLOB NOT NULL,
                            at INTEGER NOT NULL, PRIMARY KEY (name, number), UNIQUE (name, identity)
                        ) STRICT;
                        CREATE TABLE current (
                            name TEXT NOT NULL, environment TEXT NOT NULL, number INTEGER NOT NULL,
                            PRIMARY KEY (name, environment)
                        ) STRICT;
                        CREATE TABLE switched (
                            id INTEGER PRIMARY KEY, name TEXT NOT NULL, environment TEXT NOT NULL,
                            number INTEGER NOT NULL, at INTEGER NOT NULL
                        ) STRICT;
                        """)
            }
        ])
}
