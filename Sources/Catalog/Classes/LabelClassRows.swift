import Base
import Synchronization

/// The tables of label classes.
enum LabelClassRows {
    /// How a class stands to another one.
    private enum Relation: Int64 {
        /// It is one kind of it.
        case kindOf = 0
        /// It is a part of it.
        case partOf = 1
    }

    /// The step from format 4 to format 5 makes these, and so does every new store.
    static func createTables(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE label_classes(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT);
            CREATE TABLE label_class_relations(
                class INTEGER NOT NULL, relation INTEGER NOT NULL, other INTEGER NOT NULL,
                PRIMARY KEY(class, relation, other)) WITHOUT ROWID;
            CREATE TABLE label_class_synonyms(
                word TEXT PRIMARY KEY, class INTEGER NOT NULL) WITHOUT ROWID;
            """)
    }

    /// All classes, in no order.
    static func load(on connection: SQLiteConnection) throws(CatalogError) -> [LabelClass] {
        var classes: [Int64: LabelClass] = [:]
        let names = try connection.statement("SELECT id, name, title FROM label_classes")
        defer { names.reset() }
        while try names.step() {
            classes[names.integer(0)] = LabelClass(names.text(1), title: names.optionalText(2))
        }
        let synonyms = try connection.statement("SELECT word, class FROM label_class_synonyms ORDER BY word")
        defer { synonyms.reset() }
        while try synonyms.step() { classes[synonyms.integer(1)]?.synonyms.append(synonyms.text(0)) }
        let relations = try connection.statement(
            """
            SELECT r.class, r.relation, c.name FROM label_class_relations r JOIN label_classes c ON c.id = r.other
            ORDER BY c.name
            """)
        defer { relations.reset() }
        while try relations.step() {
            switch Relation(rawValue: relations.integer(1)) {
            case .kindOf: classes[relations.integer(0)]?.parents.append(relations.text(2))
            case .partOf: classes[relations.integer(0)]?.wholes.append(relations.text(2))
            case nil:
                throw CatalogError(
                    .corrupt, "a label class has the unknown relation \(relations.integer(1))")
            }
        }
        return Array(classes.values)
    }

    /// Makes a class of that name, without anything else, if there is none.
    /// - Returns: its number.
    static func insert(_ name: String, on connection: SQLiteConnection) throws(CatalogError) -> Int64 {
        if let known = try id(of: name, on: connection) { return known }
        let row = try connection.statement("INSERT INTO label_classes(name) VALUES(?)")
        row.bind(name, at: 1)
        try row.run()
        guard let id = try id(of: name, on: connection) else {
            throw CatalogError(.corrupt, "the label class '\(name)' was written and is not there")
        }
        return id
    }

    static func rename(_ name: String, to new: String, on connection: SQLiteConnection) throws(CatalogError) {
        let row = try connection.statement("UPDATE label_classes SET name = ? WHERE name = ?")
        row.bind(new, at: 1)
        row.bind(name, at: 2)
        try row.run()
    }

    /// Writes all that is known of a class that there is. The classes that it names must be there.
    static func write(_ one: LabelClass, on connection: SQLiteConnection) throws(CatalogError) {
        guard let id = try id(of: one.name, on: connection) else { return }
        let title = try connection.statement("UPDATE label_classes SET title = ? WHERE id = ?")
        title.bind(one.title, at: 1)
        title.bind(id, at: 2)
        try title.run()
        try clear(id, on: connection)
        for word in one.synonyms {
            let row = try connection.statement("INSERT INTO label_class_synonyms(word, class) VALUES(?, ?)")
            row.bind(word, at: 1)
            row.bind(id, at: 2)
            try row.run()
        }
        for (relation, names) in [(Relation.kindOf, one.parents), (.partOf, one.wholes)] {
            for name in names {
                let row = try connection.statement(
                    """
                    INSERT OR IGNORE INTO label_class_relations(class, relation, other)
                    SELECT ?, ?, id FROM label_classes WHERE name = ?
                    """)
                row.bind(id, at: 1)
                row.bind(relation.rawValue, at: 2)
                row.bind(name, at: 3)
                try row.run()
            }
        }
    }

    /// Removes a class, and it from all that name it.
    static func remove(_ name: String, on connection: SQLiteConnection) throws(CatalogError) {
        guard let id = try id(of: name, on: connection) else { return }
        try clear(id, on: connection)
        for sql in [
            "DELETE FROM label_class_relations WHERE other = ?", "DELETE FROM label_classes WHERE id = ?",
        ] {
            let row = try connection.statement(sql)
            row.bind(id, at: 1)
            try row.run()
        }
    }

    // MARK: - Private

    private static func id(of name: String, on connection: SQLiteConnection) throws(CatalogError) -> Int64? {
        let row = try connection.statement("SELECT id FROM label_classes WHERE name = ?")
        defer { row.reset() }
        row.bind(name, at: 1)
        return try row.step() ? row.integer(0) : nil
    }

    private static func clear(_ id: Int64, on connection: SQLiteConnection) throws(CatalogError) {
        for sql in [
            "DELETE FROM label_class_synonyms WHERE class = ?",
            "DELETE FROM label_class_relations WHERE class = ?",
        ] {
            let row = try connection.statement(sql)
            row.bind(id, at: 1)
            try row.run()
        }
    }
}

/// The label classes that several versions have in common, read when the first of their readers asks.
final class SharedLabelHierarchy: Sendable {
    private let hierarchy = Mutex<LabelHierarchy?>(nil)

    func hierarchy(on connection: SQLiteConnection) throws(CatalogError) -> LabelHierarchy {
        if let known = hierarchy.withLock({ $0 }) { return known }
        let read = LabelHierarchy(try LabelClassRows.load(on: connection))
        hierarchy.withLock { $0 = read }
        return read
    }
}

extension CatalogSnapshot {
    /// The label classes of this commit. Read from the disk once for each change of them.
    public func labelHierarchy() throws(CatalogError) -> LabelHierarchy {
        try check()
        return try version.labelHierarchy.hierarchy(on: connection)
    }
}
