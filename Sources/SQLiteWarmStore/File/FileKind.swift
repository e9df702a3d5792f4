import GRDB

/// What a file of ours is for, and how it came to be what it is.
struct FileKind: Sendable {
    /// What people call it.
    let noun: String
    /// Tells it from other SQLite files.
    let applicationID: Int32
    /// One step from each version to the next. What was released is never changed; a new version is a new step.
    let migrations: [@Sendable (Database) throws -> Void]

    static let ledger = FileKind(
        noun: "ledger", applicationID: Schema.applicationID, migrations: Schema.migrations)

    /// Brings a file from the version that it has to the newest, all or nothing.
    func migrate(_ db: Database) throws {
        let version = try Self.version(of: db)
        for step in version..<max(version, migrations.count) { try migrations[step](db) }
        if version == 0 { try db.execute(sql: "PRAGMA application_id = \(applicationID)") }
        if version < migrations.count { try db.execute(sql: "PRAGMA user_version = \(migrations.count)") }
    }

    static func version(of db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
}
