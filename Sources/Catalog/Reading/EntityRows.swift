import Base
import Columns

/// Look-ups in the tables of entities.
enum EntityRows {
    static func locals(
        of known: ClassSchema, digest: SHA256Digest, on connection: SQLiteConnection
    ) throws(CatalogError) -> [LocalID] {
        let row = try connection.statement(
            "SELECT id FROM \(known.table) WHERE blob = (SELECT id FROM blobs WHERE sha256 = ?) ORDER BY id")
        defer { row.reset() }
        row.bind(digest.bytes, at: 1)
        var locals: [LocalID] = []
        while try row.step() { locals.append(LocalID(truncatingIfNeeded: row.integer(0))) }
        return locals
    }

    /// The oldest member with exactly this value; numbers are compared as numbers.
    static func local(
        of known: ClassSchema, where property: PropertySchema, equals value: Value,
        on connection: SQLiteConnection
    ) throws(CatalogError) -> LocalID? {
        let cell = try StoredCell(value, of: property.name, limit: ByteCount(.max))
        var types: [PropertyType] = [cell.type]
        if cell.type == .integer { types.append(.float) }
        if cell.type == .float { types.append(.integer) }
        var found: LocalID?
        for type in types {
            let statement: SQLiteStatement
            if property.inlineTypes.contains(type) {
                let column = property.column(type)
                statement = try connection.statement(
                    "SELECT id FROM \(known.table) WHERE \(column) = ? ORDER BY id LIMIT 1")
                cell.bind(to: statement, at: 1)
            } else if property.sideTypes.contains(type) {
                statement = try connection.statement(
                    """
                    SELECT id FROM \(known.sideTable) WHERE v = ? AND property = ? AND type = ?
                    ORDER BY id LIMIT 1
                    """)
                cell.bind(to: statement, at: 1)
                statement.bind(Int64(property.id), at: 2)
                statement.bind(String(type.letter), at: 3)
            } else {
                continue
            }
            defer { statement.reset() }
            if try statement.step() {
                let local = LocalID(truncatingIfNeeded: statement.integer(0))
                found = min(found ?? local, local)
            }
        }
        return found
    }

    /// The member with that key. A column of keys answers for what the version knows, where it is built; what
    /// came later, or everything, is looked at.
    static func local(
        of known: ClassSchema, key: EntityKey, _ version: CatalogVersion, on connection: SQLiteConnection
    ) throws(CatalogError) -> LocalID? {
        guard known.kind == .entity else { return nil }
        var first: Int64 = 0
        if case .column(let column)? = version.indexes[.keys(classID: known.id)] {
            let row = try connection.statement("SELECT 1 FROM \(known.table) WHERE id = ? AND key = ?")
            for local in column.column.select(.equal(.integer(Int64(bitPattern: key.random)))).ids {
                row.bind(Int64(local), at: 1)
                row.bind(key.bytes, at: 2)
                defer { row.reset() }
                if try row.step() { return local }
            }
            first = version.classes[known.id]?.nextLocal ?? 0
        }
        let row = try connection.statement(
            "SELECT id FROM \(known.table) WHERE id >= ? AND key = ? ORDER BY id LIMIT 1")
        defer { row.reset() }
        row.bind(first, at: 1)
        row.bind(key.bytes, at: 2)
        return try row.step() ? LocalID(truncatingIfNeeded: row.integer(0)) : nil
    }
}
