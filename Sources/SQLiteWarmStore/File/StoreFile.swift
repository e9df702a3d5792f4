import Dispatch
import Foundation
import GRDB
import PromptCacheWarmer

/// Opening a file of ours, and saying what is wrong with it.
enum StoreFile {
    /// Opens a file, or makes one where there is none.
    ///
    /// What is something else is found out before anything is written to it.
    static func open(
        _ path: String, as kind: FileKind, mustExist: Bool, pageLimit: Int? = nil
    ) throws(LedgerError) -> DatabasePool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder.boolValue { throw LedgerError(.unreadable, "\(path): is a folder; name a file in it") }
        if !exists {
            if mustExist { throw LedgerError(.unreadable, "\(path): there is no such \(kind.noun); check the path") }
            guard isMade(path) else {
                throw LedgerError(.unreadable, "\(path): cannot be made; check that its folder is there and writable")
            }
        }
        // Where several processes open a new file at once, SQLite says busy without waiting while one of them turns the
        // write-ahead log on.
        for _ in 0..<patience {
            do {
                return try openOnce(path, as: kind, pageLimit: pageLimit)
            } catch  where error.code == .busy {
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
        return try openOnce(path, as: kind, pageLimit: pageLimit)
    }

    private static let patience = 40

    private static func openOnce(
        _ path: String, as kind: FileKind, pageLimit: Int?
    ) throws(LedgerError) -> DatabasePool {
        do {
            try check(path, kind)
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                // What is settled stays settled, also when the power fails.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                if let pageLimit { try db.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
                try db.inTransaction(.immediate) {
                    try kind.migrate(db)
                    return .commit
                }
            }
            return pool
        } catch let error as LedgerError {
            throw error
        } catch {
            throw fault(error, path, kind)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "warmer"
        // Two processes take turns; a turn is a few milliseconds.
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 2
        return configuration
    }

    /// Finds out whether a file that is there can be written, and changes nothing in it.
    ///
    /// - Returns: the version of its tables; 0 for none yet.
    static func version(of path: String, as kind: FileKind) throws(LedgerError) -> Int {
        do {
            let version = try check(path, kind)
            // Whoever may take the write lock may write.
            try DatabaseQueue(path: path, configuration: configuration).inDatabase { db in
                try db.inTransaction(.immediate) { .rollback }
            }
            return version
        } catch {
            throw fault(error, path, kind)
        }
    }

    /// Looks at the file without changing it.
    ///
    /// - Returns: the version of its tables; 0 for none yet.
    @discardableResult
    private static func check(_ path: String, _ kind: FileKind) throws -> Int {
        let newest = kind.migrations.count
        // A process that was killed in its first moment leaves an empty file, which is as good as none.
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        if size == 0 { return 0 }
        var configuration = configuration
        configuration.readonly = true
        let (id, version, tables) = try DatabaseQueue(path: path, configuration: configuration).read { db in
            (
                try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0, try FileKind.version(of: db),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            )
        }
        if id == 0, version == 0, tables == 0 { return 0 }
        guard id == kind.applicationID else {
            throw LedgerError(.notALedger, "\(path): is a database, but no \(kind.noun); name another file")
        }
        guard version <= newest else {
            throw LedgerError(
                .newerVersion,
                "\(path): was written by a newer version of this program (\(version); this one knows \(newest)); "
                    + "upgrade, or name another file")
        }
        return version
    }

    /// What an error of the database means, and what to do.
    static func fault(_ error: any Error, _ path: String, _ kind: FileKind = .ledger) -> LedgerError {
        if let known = error as? LedgerError { return known }
        guard let error = error as? DatabaseError else { return LedgerError(.broken, "\(path): \(error)") }
        switch error.resultCode.primaryResultCode {
        case .SQLITE_NOTADB: return LedgerError(.notALedger, "\(path): is no \(kind.noun); name another file")
        case .SQLITE_CORRUPT:
            return LedgerError(
                .damaged,
                "\(path): is damaged; put a copy in its place, or save what is left with `sqlite3 \(path) .recover`")
        case .SQLITE_FULL:
            return LedgerError(.full, "\(path): the disk is full; make room, nothing that was written is lost")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return LedgerError(.busy, "\(path): another process has held it for too long; see which one has it open")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY:
            return LedgerError(
                .unreadable, "\(path): cannot be opened for writing; check its permissions and its folder's")
        default:
            return LedgerError(
                .broken, "\(path): \(error.message ?? "error \(error.resultCode.rawValue)"); check the disk")
        }
    }

    /// Runs blocking work on a thread that nothing else waits for.
    static func offThePool<Result: Sendable>(
        _ body: @escaping @Sendable () throws(LedgerError) -> Result
    ) async throws(LedgerError) -> Result {
        let result = await withCheckedContinuation {
            (done: CheckedContinuation<Swift.Result<Result, LedgerError>, Never>) in
            DispatchQueue.global(qos: .userInitiated).async {
                done.resume(returning: Swift.Result { () throws(LedgerError) in try body() })
            }
        }
        return try result.get()
    }
}

/// Makes a file that nobody else may read; one that another process has made meanwhile stays as it is.
private func isMade(_ path: String) -> Bool {
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    if file >= 0 { close(file) }
    return file >= 0 || errno == EEXIST
}
