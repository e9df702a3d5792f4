import CPostgres
import PromptCacheWarmer

/// One connection, through libpq. Every call blocks its thread: a ``Session``'s own.
final class Connection {
    private let handle: OpaquePointer
    private let server: PostgresServer
    private var prepared: [String: String] = [:]

    init(_ server: PostgresServer) throws(PostgresFault) {
        guard let handle = server.connect() else {
            throw PostgresFault(state: "", message: "no memory for a connection", isLost: true)
        }
        self.handle = handle
        self.server = server
        guard PQstatus(handle) == CONNECTION_OK else {
            throw PostgresFault(state: "", message: server.safe(String(cString: PQerrorMessage(handle))), isLost: true)
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    var isLost: Bool { PQstatus(handle) != CONNECTION_OK }

    /// Runs statements without parameters, parted by semicolons.
    @discardableResult
    func run(_ sql: String) throws(PostgresFault) -> Rows { try rows(PQexec(handle, sql)) }

    /// Runs one statement, which is prepared at its first use.
    @discardableResult
    func run(_ sql: String, _ parameters: [String?]) throws(PostgresFault) -> Rows {
        let name = try name(of: sql)
        return try rows(
            CStrings.with(parameters) { texts in
                PQexecPrepared(handle, name, Int32(parameters.count), texts, nil, nil, 0)
            })
    }

    /// Writes rows into a table, in the form that `COPY` takes as text.
    func copy(into table: String, columns: [String], _ lines: [UInt8]) throws(PostgresFault) {
        let list = columns.joined(separator: ", ")
        let begun = PQexec(handle, "COPY \(table) (\(list)) FROM STDIN")
        let isOpen = PQresultStatus(begun) == PGRES_COPY_IN
        guard isOpen else {
            _ = try rows(begun)
            return
        }
        PQclear(begun)
        // The size of a message of libpq's is an Int32.
        let piece = 1 << 20
        var start = 0
        while start < lines.count {
            let end = min(start + piece, lines.count)
            let isTaken = lines[start..<end].withUnsafeBytes { bytes in
                PQputCopyData(handle, bytes.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count))
            }
            guard isTaken == 1 else { throw fault(nil) }
            start = end
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw fault(nil) }
        var firstFault: PostgresFault?
        while let result = PQgetResult(handle) {
            do { _ = try rows(result) } catch { firstFault = firstFault ?? error }
        }
        if let firstFault { throw firstFault }
    }

    private func name(of sql: String) throws(PostgresFault) -> String {
        if let known = prepared[sql] { return known }
        let name = "s\(prepared.count)"
        _ = try rows(PQprepare(handle, name, sql, 0, nil))
        prepared[sql] = name
        return name
    }

    private func rows(_ result: OpaquePointer?) throws(PostgresFault) -> Rows {
        guard let result else { throw fault(nil) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return Rows(result)
        default:
            defer { PQclear(result) }
            throw fault(result)
        }
    }

    private func fault(_ result: OpaquePointer?) -> PostgresFault {
        let state = result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "C"))) }.map { String(cString: $0) }
        let primary = result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "M"))) }.map { String(cString: $0) }
        let message = primary ?? String(cString: PQerrorMessage(handle))
        return PostgresFault(state: state ?? "", message: server.safe(message), isLost: isLost)
    }
}
