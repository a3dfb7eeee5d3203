import Base

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

    static func local(
        of known: ClassSchema, key: EntityKey, on connection: SQLiteConnection
    ) throws(CatalogError) -> LocalID? {
        guard known.kind == .entity else { return nil }
        let row = try connection.statement("SELECT id FROM \(known.table) WHERE key = ? ORDER BY id LIMIT 1")
        defer { row.reset() }
        row.bind(key.bytes, at: 1)
        return try row.step() ? LocalID(truncatingIfNeeded: row.integer(0)) : nil
    }
}
