import GRDB
package import PromptCacheWarmer

extension SQLiteWarmStore {
    /// Hands out all rows as they are at one moment. Blocks its thread.
    package func pour(into sink: LedgerTable.Sink) throws(LedgerError) {
        do {
            try pool.read { db in
                for table in LedgerTable.allCases {
                    let columns = table.columns.joined(separator: ", ")
                    let cursor = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM \(table.rawValue)")
                    var rows: [[String?]] = []
                    while let row = try cursor.next() {
                        rows.append(row.databaseValues.map(Self.text))
                        if rows.count == 5_000 {
                            try sink(table, rows)
                            rows = []
                        }
                    }
                    if !rows.isEmpty { try sink(table, rows) }
                }
            }
        } catch {
            throw fault(error)
        }
    }

    private static func text(_ value: DatabaseValue) -> String? {
        switch value.storage {
        case .null: nil
        case .int64(let number): String(number)
        case .double(let number): String(number)
        case .string(let text): text
        case .blob(let data): data.reduce(into: #"\x"#) { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
        }
    }
}
