import Base

/// How to read properties of the members of one class: one SQL statement, and which of its columns is what.
struct RowPlan {
    /// One column of the result.
    struct Source {
        var property: Int
        var type: PropertyType
        var column: Int
        var zoneColumn: Int
    }

    let schema: ClassSchema
    /// The properties read, in the order of the schema.
    let properties: [PropertySchema]
    /// `SELECT … FROM … WHERE id = ?1`; the system's columns first, then those of the properties.
    let sql: String
    let sources: [Source]
    /// Properties that have values in the side table.
    let sideProperties: [Int]

    /// - Parameters:
    ///   - names: the properties to read; all where `nil`. Names that the class does not have are left out.
    ///   - leading: columns to select before those of the properties.
    init(_ schema: ClassSchema, names: [String]?, leading: [String]) {
        self.schema = schema
        if let names {
            let wanted = Set(names)
            properties = schema.properties.filter { wanted.contains($0.name) }
        } else {
            properties = schema.properties
        }
        var columns = leading
        var sources: [Source] = []
        var sideProperties: [Int] = []
        for (index, property) in properties.enumerated() {
            for type in property.inlineTypes.list {
                var source = Source(
                    property: index, type: type, column: columns.count, zoneColumn: columns.count)
                columns.append(property.column(type))
                if type == .dateTime {
                    source.zoneColumn = columns.count
                    columns.append(property.zoneColumn)
                }
                sources.append(source)
            }
            if !property.sideTypes.isEmpty { sideProperties.append(index) }
        }
        self.sources = sources
        self.sideProperties = sideProperties
        if columns.isEmpty { columns = ["1"] }
        sql = "SELECT \(columns.joined(separator: ", ")) FROM \(schema.table) WHERE id = ?1"
    }

    /// The properties of the row that `statement` stands on.
    func document(
        at id: Int64, in statement: SQLiteStatement, _ connection: SQLiteConnection
    ) throws(CatalogError) -> Document {
        if sideProperties.isEmpty {
            var document = Document()
            for source in sources where !statement.isNull(source.column) {
                document.append(
                    properties[source.property].name,
                    try StoredCell.value(
                        source.type, in: statement, at: source.column, zone: source.zoneColumn))
            }
            return document
        }
        var document = Document()
        for (index, value) in try values(at: id, in: statement, connection).enumerated() {
            if let value { document.append(properties[index].name, value) }
        }
        return document
    }

    /// The values of the row that `statement` stands on, one for each of ``properties``.
    func values(
        at id: Int64, in statement: SQLiteStatement, _ connection: SQLiteConnection
    ) throws(CatalogError) -> [Value?] {
        var values = [Value?](repeating: nil, count: properties.count)
        for source in sources where !statement.isNull(source.column) {
            values[source.property] = try StoredCell.value(
                source.type, in: statement, at: source.column, zone: source.zoneColumn)
        }
        for index in sideProperties where values[index] == nil {
            values[index] = try sideValue(of: properties[index], at: id, connection)
        }
        return values
    }

    // MARK: - Private

    private func sideValue(
        of property: PropertySchema, at id: Int64, _ connection: SQLiteConnection
    ) throws(CatalogError) -> Value? {
        let row = try connection.statement(
            "SELECT type, v, zone FROM \(schema.sideTable) WHERE property = ? AND id = ?")
        defer { row.reset() }
        row.bind(Int64(property.id), at: 1)
        row.bind(id, at: 2)
        guard try row.step() else { return nil }
        guard let type = PropertyType(letter: row.text(0)) else {
            throw CatalogError(.corrupt, "property '\(property.name)' has the unknown type '\(row.text(0))'")
        }
        return try StoredCell.value(type, in: row, at: 1, zone: 2)
    }
}
