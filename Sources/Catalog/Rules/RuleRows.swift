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

    /// All rules, by id.
    static func all(on connection: SQLiteConnection) throws(CatalogError) -> [StoredRule] {
        let row = try connection.statement("SELECT id, definition, who, created FROM rules ORDER BY id")
        defer { row.reset() }
        var rules: [StoredRule] = []
        while try row.step() {
            rules.append(
                StoredRule(
                    id: row.text(0), text: row.text(1), who: row.text(2),
                    created: DateTime(microseconds: row.integer(3))))
        }
        return rules
    }
}

extension CatalogSnapshot {
    /// All rules, by id.
    public func rules() throws(CatalogError) -> [StoredRule] {
        try check()
        return try RuleRows.all(on: connection)
    }
}

extension Transaction {
    /// Keeps a rule, in the place of one of its id.
    public func setRule(_ id: String, _ text: String, by who: String) throws(CatalogError) {
        try begin()
        let row = try connection.statement(
            "INSERT OR REPLACE INTO rules(id, definition, who, created) VALUES(?, ?, ?, ?)")
        row.bind(id, at: 1)
        row.bind(text, at: 2)
        row.bind(who, at: 3)
        row.bind(time.microseconds, at: 4)
        try row.run()
    }

    /// Removes a rule. Its labels stay.
    public func removeRule(_ id: String) throws(CatalogError) {
        try begin()
        let row = try connection.statement("DELETE FROM rules WHERE id = ?")
        row.bind(id, at: 1)
        try row.run()
    }
}

extension Verification {
    /// Checks the table of rules, as far as that goes without reading what they say.
    mutating func checkRules() throws(CatalogError) {
        let scan = try SQLiteStatement(
            "SELECT id FROM rules WHERE id = '' OR definition = '' OR who = '' LIMIT \(limit)",
            on: snapshot.connection)
        while try scan.step() { add(.row, "the rule '\(scan.text(0))' lacks its id, its text or its author") }
    }
}
