import Base

/// The table of rules that make labels.
enum RuleRows {
    /// Every new store has it; older ones get it with format 5.
    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE rules(
                id TEXT PRIMARY KEY, definition TEXT NOT NULL, who TEXT NOT NULL, created INTEGER NOT NULL
            ) WITHOUT ROWID
            """)
    }
}
