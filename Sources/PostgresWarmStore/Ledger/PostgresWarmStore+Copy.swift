package import PromptCacheWarmer

extension PostgresWarmStore {
    /// Takes over the rows of another ledger, all or nothing.
    ///
    /// - Parameter pour: hands them out; it may block its thread.
    /// - Throws: ``PromptCacheWarmer/LedgerError`` if there are rows here already, or what `pour` throws.
    package func take(
        _ pour: @Sendable (LedgerTable.Sink) throws(LedgerError) -> Void
    ) async throws(LedgerError) {
        let place = place
        let tables = LedgerTable.allCases.map(\.rawValue)
        let refusal: LedgerError? = try await changing {
            connection throws(PostgresFault) in
            try connection.run("LOCK TABLE \(tables.joined(separator: ", ")) IN EXCLUSIVE MODE")
            let isEmpty = tables.map { "NOT EXISTS (SELECT 1 FROM \($0))" }.joined(separator: " AND ")
            guard try connection.run("SELECT \(isEmpty) AS empty").truth(0, "empty") else {
                return LedgerError(.notALedger, "\(place): holds a ledger already; name an empty database")
            }
            do throws(LedgerError) {
                try pour { (table, rows) throws(LedgerError) in
                    var lines = CopyLines()
                    for row in rows { lines.add(row) }
                    do throws(PostgresFault) {
                        try connection.copy(into: table.rawValue, columns: table.columns, lines.bytes)
                    } catch {
                        throw error.error(place)
                    }
                }
            } catch {
                // Nothing of it stays.
                try connection.run("ROLLBACK; BEGIN")
                return error
            }
            for table in ["event", "reservation"] {
                try connection.run(
                    "SELECT setval(pg_get_serial_sequence('\(table)', 'id'), max(id)) FROM \(table) HAVING max(id) > 0")
            }
            return nil
        }
        if let refusal { throw refusal }
    }
}
