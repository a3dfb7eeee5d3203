import Base

/// The tables `label_log` and `labels`.
enum LabelRows {
    enum Operation: Int64 {
        /// A label, in the place of its parent if it has one.
        case add = 0
        /// Its parent no longer holds.
        case remove = 1
        /// All earlier entries of its run count as never written.
        case revert = 2
    }

    /// One row of `labels`, its texts as numbers.
    struct Row: Equatable {
        var id: Int64
        var targetClass: Int64
        var target: Int64
        var kind: Int64
        var name: Int64?
        var geometry: Geometry?
        var confidence: Double?
        var source: Int64
        var run: Int64?
        var time: Int64
        var parent: Int64?
    }

    /// JSON text or bytes, as SQLite's own types tell them apart.
    enum Geometry: Equatable {
        case text([UInt8])
        case blob([UInt8])
    }

    /// The columns that both tables have, in the order of ``bind(_:to:from:)`` and ``row(in:)``.
    static let columns =
        "id, target_class, target, kind, name, geometry, confidence, source, run, time, parent"

    static func bind(_ row: Row, to statement: SQLiteStatement, from first: Int) {
        statement.bind(row.id, at: first)
        statement.bind(row.targetClass, at: first + 1)
        statement.bind(row.target, at: first + 2)
        statement.bind(row.kind, at: first + 3)
        statement.bind(row.name, at: first + 4)
        switch row.geometry {
        case .text(let text)?: statement.bind(text: text, at: first + 5)
        case .blob(let bytes)?: statement.bind(bytes, at: first + 5)
        case nil: statement.bindNull(at: first + 5)
        }
        if let confidence = row.confidence {
            statement.bind(confidence, at: first + 6)
        } else {
            statement.bindNull(at: first + 6)
        }
        statement.bind(row.source, at: first + 7)
        statement.bind(row.run, at: first + 8)
        statement.bind(row.time, at: first + 9)
        statement.bind(row.parent, at: first + 10)
    }

    /// The current row of a statement that selects ``columns`` first.
    static func row(in statement: SQLiteStatement) -> Row {
        let geometry: Geometry? =
            switch statement.storage(5) {
            case .text: .text(Array(statement.utf8(5)))
            case .blob: .blob(statement.bytes(5))
            default: nil
            }
        return Row(
            id: statement.integer(0), targetClass: statement.integer(1), target: statement.integer(2),
            kind: statement.integer(3), name: statement.optionalInteger(4), geometry: geometry,
            confidence: statement.isNull(6) ? nil : statement.float(6), source: statement.integer(7),
            run: statement.optionalInteger(8), time: statement.integer(9),
            parent: statement.optionalInteger(10))
    }

    /// A text by its number.
    static func text(_ id: Int64, on connection: SQLiteConnection) throws(CatalogError) -> String? {
        let row = try connection.statement("SELECT text FROM texts WHERE id = ?")
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? row.text(0) : nil
    }

    // MARK: - The fold

    static func insert(_ row: Row, on connection: SQLiteConnection) throws(CatalogError) {
        let statement = try connection.statement(
            "INSERT INTO labels(\(columns)) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        bind(row, to: statement, from: 1)
        try statement.run()
    }

    static func delete(_ row: Row, on connection: SQLiteConnection) throws(CatalogError) {
        let statement = try connection.statement(
            "DELETE FROM labels WHERE target_class = ? AND target = ? AND id = ?")
        statement.bind(row.targetClass, at: 1)
        statement.bind(row.target, at: 2)
        statement.bind(row.id, at: 3)
        try statement.run()
    }

    /// The current labels of a target, oldest first.
    static func rows(
        classID: UInt32, local: LocalID, on connection: SQLiteConnection
    ) throws(CatalogError) -> [Row] {
        let statement = try connection.statement(
            "SELECT \(columns) FROM labels WHERE target_class = ? AND target = ? ORDER BY id")
        defer { statement.reset() }
        statement.bind(Int64(classID), at: 1)
        statement.bind(Int64(local), at: 2)
        var rows: [Row] = []
        while try statement.step() { rows.append(row(in: statement)) }
        return rows
    }

    /// The current label that the entry `id` of the log made; `nil` where it no longer holds.
    static func current(_ id: LabelID, on connection: SQLiteConnection) throws(CatalogError) -> Row? {
        let entry = try connection.statement(
            "SELECT target_class, target FROM label_log WHERE id = ? AND operation = 0")
        entry.bind(id, at: 1)
        let target = try entry.step() ? (entry.integer(0), entry.integer(1)) : nil
        entry.reset()
        guard let target else { return nil }
        let statement = try connection.statement(
            "SELECT \(columns) FROM labels WHERE target_class = ? AND target = ? AND id = ?")
        defer { statement.reset() }
        statement.bind(target.0, at: 1)
        statement.bind(target.1, at: 2)
        statement.bind(id, at: 3)
        return try statement.step() ? row(in: statement) : nil
    }

    // MARK: - The log

    static func append(
        _ operation: Operation, _ row: Row, commit: UInt64, on connection: SQLiteConnection
    ) throws(CatalogError) {
        let statement = try connection.statement(
            """
            INSERT INTO label_log(\(columns), commit_seq, operation) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        bind(row, to: statement, from: 1)
        if operation != .add {
            statement.bindNull(at: 4)
            if operation == .revert {
                statement.bindNull(at: 2)
                statement.bindNull(at: 3)
            }
        }
        statement.bind(Int64(commit), at: 12)
        statement.bind(operation.rawValue, at: 13)
        try statement.run()
    }
}
