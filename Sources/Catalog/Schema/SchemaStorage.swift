/// The schema's tables: `classes`, `properties` and `property_types`.
enum SchemaStorage {
    /// What the table of classes says about a class beyond its schema.
    struct Row {
        var nextLocal: Int64
        var count: Int64
    }

    static func load(_ connection: SQLiteConnection) throws(CatalogError) -> (CatalogSchema, [UInt32: Row]) {
        var types: [UInt32: (inline: PropertyTypes, side: PropertyTypes)] = [:]
        let typeRows = try connection.statement("SELECT property, type, in_side_table FROM property_types")
        defer { typeRows.reset() }
        while try typeRows.step() {
            let id = try number(typeRows.integer(0))
            guard let type = PropertyType(letter: typeRows.text(1)) else {
                throw CatalogError(.corrupt, "property \(id) has the unknown type '\(typeRows.text(1))'")
            }
            var known = types[id] ?? ([], [])
            if typeRows.integer(2) == 0 {
                known.inline.insert(.init(type))
            } else {
                known.side.insert(.init(type))
            }
            types[id] = known
        }

        var properties: [UInt32: [PropertySchema]] = [:]
        let propertyRows = try connection.statement(
            "SELECT id, class, name, is_unique FROM properties ORDER BY id")
        defer { propertyRows.reset() }
        while try propertyRows.step() {
            let id = try number(propertyRows.integer(0))
            let known = types[id] ?? ([], [])
            properties[try number(propertyRows.integer(1)), default: []].append(
                PropertySchema(
                    id: id, name: propertyRows.text(2), isUnique: propertyRows.integer(3) != 0,
                    inlineTypes: known.inline, sideTypes: known.side))
        }

        var ends: [UInt32: [ConnectionEnds]] = [:]
        let endRows = try connection.statement("SELECT class, src_class, dst_class FROM connection_ends")
        defer { endRows.reset() }
        while try endRows.step() {
            ends[try number(endRows.integer(0)), default: []].append(
                ConnectionEnds(
                    source: try number(endRows.integer(1)), target: try number(endRows.integer(2))))
        }

        var schema = CatalogSchema()
        var rows: [UInt32: Row] = [:]
        let classRows = try connection.statement(
            "SELECT id, kind, name, generation, next_local, row_count FROM classes ORDER BY id")
        defer { classRows.reset() }
        while try classRows.step() {
            let id = try number(classRows.integer(0))
            guard let kind = ClassKind(rawValue: classRows.integer(1)) else {
                throw CatalogError(.corrupt, "class \(id) is of the unknown kind \(classRows.integer(1))")
            }
            var known = ClassSchema(
                id: id, kind: kind, name: classRows.text(2), generation: try number(classRows.integer(3)),
                properties: properties[id] ?? [])
            known.ends = ends[id] ?? []
            schema.update(known)
            rows[id] = Row(nextLocal: classRows.integer(4), count: classRows.integer(5))
        }
        return (schema, rows)
    }

    static func insert(_ schema: ClassSchema, on connection: SQLiteConnection) throws(CatalogError) {
        let row = try connection.statement(
            "INSERT INTO classes(id, kind, name, generation, next_local, row_count) VALUES(?, ?, ?, ?, 0, 0)")
        row.bind(Int64(schema.id), at: 1)
        row.bind(schema.kind.rawValue, at: 2)
        row.bind(schema.name, at: 3)
        row.bind(Int64(schema.generation), at: 4)
        try row.run()
        switch schema.kind {
        case .entity:
            try connection.execute(
                """
                CREATE TABLE \(schema.table)(
                    id INTEGER PRIMARY KEY, key BLOB NOT NULL, blob INTEGER, created INTEGER NOT NULL);
                CREATE INDEX \(schema.table)_blob ON \(schema.table)(blob) WHERE blob IS NOT NULL;
                """)
        case .connection:
            try connection.execute(
                """
                CREATE TABLE \(schema.table)(
                    id INTEGER PRIMARY KEY, src_class INTEGER NOT NULL, src INTEGER NOT NULL,
                    dst_class INTEGER NOT NULL, dst INTEGER NOT NULL);
                CREATE INDEX \(schema.table)_src ON \(schema.table)(src, dst);
                """)
        }
    }

    static func insert(
        _ property: PropertySchema, ofClass classID: UInt32, on connection: SQLiteConnection
    ) throws(CatalogError) {
        let row = try connection.statement(
            "INSERT INTO properties(id, class, name, is_unique) VALUES(?, ?, ?, 0)")
        row.bind(Int64(property.id), at: 1)
        row.bind(Int64(classID), at: 2)
        row.bind(property.name, at: 3)
        try row.run()
    }

    /// Writes that `property` now has values of `type`, and makes room for them.
    static func insert(
        _ type: PropertyType, of property: PropertySchema, in schema: ClassSchema, inSideTable: Bool,
        on connection: SQLiteConnection
    ) throws(CatalogError) {
        let row = try connection.statement(
            "INSERT INTO property_types(property, type, in_side_table) VALUES(?, ?, ?)")
        row.bind(Int64(property.id), at: 1)
        row.bind(String(type.letter), at: 2)
        row.bind(Int64(inSideTable ? 1 : 0), at: 3)
        try row.run()
        if inSideTable {
            // Keyed by the property first, so that a scan for one property reads only its values.
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS \(schema.sideTable)(
                    property INTEGER NOT NULL, id INTEGER NOT NULL, type TEXT NOT NULL, v, zone INTEGER,
                    PRIMARY KEY(property, id)) WITHOUT ROWID;
                """)
            return
        }
        let column = property.column(type)
        try connection.execute("ALTER TABLE \(schema.table) ADD COLUMN \(column) \(type.declaration)")
        if type == .dateTime {
            try connection.execute("ALTER TABLE \(schema.table) ADD COLUMN \(property.zoneColumn) INTEGER")
        }
        if property.isUnique, type != .null, type != .json {
            try createUniqueIndex(on: column, in: schema, connection)
        }
    }

    static func insert(
        _ ends: ConnectionEnds, of schema: ClassSchema, on connection: SQLiteConnection
    ) throws(CatalogError) {
        let row = try connection.statement(
            "INSERT INTO connection_ends(class, src_class, dst_class) VALUES(?, ?, ?)")
        row.bind(Int64(schema.id), at: 1)
        row.bind(Int64(ends.source), at: 2)
        row.bind(Int64(ends.target), at: 3)
        try row.run()
    }

    static func setUnique(_ property: PropertySchema, on connection: SQLiteConnection) throws(CatalogError) {
        let row = try connection.statement("UPDATE properties SET is_unique = 1 WHERE id = ?")
        row.bind(Int64(property.id), at: 1)
        try row.run()
    }

    static func createUniqueIndex(
        on column: String, in schema: ClassSchema, _ connection: SQLiteConnection
    ) throws(CatalogError) {
        try connection.execute(
            "CREATE UNIQUE INDEX u_\(column) ON \(schema.table)(\(column)) WHERE \(column) IS NOT NULL")
    }

    private static func number(_ value: Int64) throws(CatalogError) -> UInt32 {
        guard let number = UInt32(exactly: value) else {
            throw CatalogError(.corrupt, "the schema holds the number \(value), which is out of range")
        }
        return number
    }
}
