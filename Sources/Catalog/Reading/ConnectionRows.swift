import Base
import Columns

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

    /// The connections that lead to an entity. No B-tree leads this way: postings answer for what the version
    /// knows, where they are built; what came later, or everything, is looked at.
    static func rows(
        of known: ClassSchema, to id: EntityID, _ version: CatalogVersion, on connection: SQLiteConnection
    ) throws(CatalogError) -> [ConnectionRow] {
        var found: [ConnectionRow] = []
        var first: Int64 = 0
        let postings = known.ends.filter { $0.target == id.classNumber }.map { ends in
            (ends, version.indexes[.connections(classID: known.id, ends: ends, keyedBySource: false)])
        }
        if postings.allSatisfy({ $0.1 != nil }) {
            // A connection never changes its ends: those that are gone are not found, those that are new come
            // later.
            let row = try connection.statement(
                "SELECT \(columns) FROM \(known.table) WHERE src = ? AND dst = ? AND src_class = ? AND dst_class = ?"
            )
            for case (let ends, .postings(let postings)?) in postings {
                for source in postings.index.select(id.local).ids {
                    row.bind(Int64(source), at: 1)
                    row.bind(Int64(id.local), at: 2)
                    row.bind(Int64(ends.source), at: 3)
                    row.bind(Int64(ends.target), at: 4)
                    found += try all(row)
                }
            }
            first = version.classes[known.id]?.nextLocal ?? 0
            found.removeAll { Int64($0.id) >= first }
        }
        let row = try connection.statement(
            "SELECT \(columns) FROM \(known.table) NOT INDEXED WHERE id >= ? AND dst = ? AND dst_class = ?")
        row.bind(first, at: 1)
        row.bind(Int64(id.local), at: 2)
        row.bind(Int64(id.classNumber), at: 3)
        found += try all(row)
        return found.sorted { ($0.sourceClass, $0.source, $0.id) < ($1.sourceClass, $1.source, $1.id) }
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
