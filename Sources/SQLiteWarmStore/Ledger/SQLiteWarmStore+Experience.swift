import Foundation
import GRDB
public import PromptCacheWarmer
public import WarmingPolicies

extension SQLiteWarmStore: ExperienceStore {
    /// What nobody has written for so long is forgotten.
    private static let memory = Duration.seconds(30 * 86_400)

    public func experience(_ names: [String]) async throws(LedgerError) -> [String: [UInt8]] {
        do {
            return try await pool.read { db in try Self.read(names, db) }
        } catch {
            throw fault(error)
        }
    }

    @discardableResult
    public func merge(
        _ names: [String], at wall: Moment, _ merged: @escaping @Sendable ([String: [UInt8]]) -> [String: [UInt8]]
    ) async throws(LedgerError) -> [String: [UInt8]] {
        do {
            // A write transaction has the lock before it reads.
            return try await pool.write { db in
                let new = merged(try Self.read(names, db))
                let upsert = try db.cachedStatement(
                    sql: """
                        INSERT INTO experience (name, at, bytes) VALUES (?, ?, ?)
                        ON CONFLICT DO UPDATE SET at = max(at, excluded.at), bytes = excluded.bytes
                        """)
                for (name, bytes) in new {
                    try upsert.execute(arguments: [name, wall.nanosecondsSince1970, Data(bytes)])
                }
                try db.cachedStatement(
                    sql: "DELETE FROM experience WHERE name IN (SELECT name FROM experience WHERE at < ? LIMIT 4000)"
                ).execute(arguments: [(wall - Self.memory).nanosecondsSince1970])
                return new
            }
        } catch {
            throw fault(error)
        }
    }

    private static func read(_ names: [String], _ db: Database) throws -> [String: [UInt8]] {
        let statement = try db.cachedStatement(sql: "SELECT bytes FROM experience WHERE name = ?")
        var found: [String: [UInt8]] = [:]
        for name in names {
            if let bytes = try Data.fetchOne(statement, arguments: [name]) { found[name] = Array(bytes) }
        }
        return found
    }
}
