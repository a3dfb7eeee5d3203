import Base

/// The rows of the tables of connections, without their properties.
enum ConnectionRows {
    static let columns = "id, src_class, src, dst_class, dst"

    static func row(
        _ local: LocalID, in known: ClassSchema, on connection: SQLiteConnection
    ) throws(CatalogError) -> ConnectionRow? {
        let row = try connection.statement("SELECT \(columns) FROM \(known.table) WHERE id = ?")
        defer { row.reset() }
        row.bind(Int64(local), at: 1)
        return try row.step() ? current(row) : nil
    }

    /// The connections that come from an entity.
    static func rows(
        of known: ClassSchema, from id: EntityID, on connection: SQLiteConnection
    ) throws(CatalogError) -> [ConnectionRow] {
        let row = try connection.statement(
            "SELECT \(columns) FROM \(known.table) WHERE src = ? AND src_class = ? ORDER BY dst, id")
        row.bind(Int64(id.local), at: 1)
        row.bind(Int64(id.classNumber), at: 2)
        return try all(row)
    }

    /// The connections that lead to an entity. No B-tree leads this way: all of the class are looked at.
    static func rows(
        of known: ClassSchema, to id: EntityID, on connection: SQLiteConnection
    ) throws(CatalogError) -> [ConnectionRow] {
        let row = try connection.statement(
            "SELECT \(columns) FROM \(known.table) WHERE dst = ? AND dst_class = ? ORDER BY src, id")
        row.bind(Int64(id.local), at: 1)
        row.bind(Int64(id.classNumber), at: 2)
        return try all(row)
    }

    /// The connections that come from, or lead to, any of the entities `ids` of a class. Looks at all of
    /// them.
    static func rows(
        of known: ClassSchema, touching ids: IdSet, of classID: UInt32, on connection: SQLiteConnection
    ) throws(CatalogError) -> [ConnectionRow] {
        let row = try connection.statement(
            "SELECT \(columns) FROM \(known.table) WHERE src_class = ?1 OR dst_class = ?1")
        row.bind(Int64(classID), at: 1)
        defer { row.reset() }
        var found: [ConnectionRow] = []
        while try row.step() {
            let candidate = current(row)
            let touches =
                (candidate.sourceClass == classID && ids.contains(candidate.source))
                || (candidate.targetClass == classID && ids.contains(candidate.target))
            if touches { found.append(candidate) }
        }
        return found
    }

    static func current(_ row: SQLiteStatement) -> ConnectionRow {
        ConnectionRow(
            id: LocalID(truncatingIfNeeded: row.integer(0)),
            sourceClass: UInt32(truncatingIfNeeded: row.integer(1)),
            source: LocalID(truncatingIfNeeded: row.integer(2)),
            targetClass: UInt32(truncatingIfNeeded: row.integer(3)),
            target: LocalID(truncatingIfNeeded: row.integer(4)))
    }

    private static func all(_ row: SQLiteStatement) throws(CatalogError) -> [ConnectionRow] {
        defer { row.reset() }
        var rows: [ConnectionRow] = []
        while try row.step() { rows.append(current(row)) }
        return rows
    }
}
