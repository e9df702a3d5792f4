extension Connection {
    /// Drops a few of the rows that are too old: those of a sample, since no index is worth its upkeep.
    ///
    /// - Parameter condition: what is too old, with the limit as `$1`.
    func forgetSome(of table: String, where condition: String, _ limit: String) throws(PostgresFault) {
        try run(
            """
            DELETE FROM \(table) WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM \(table) TABLESAMPLE SYSTEM (1) WHERE \(condition)
                LIMIT 4000 FOR UPDATE SKIP LOCKED))
            """, [limit])
    }
}
