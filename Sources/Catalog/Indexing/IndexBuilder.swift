import Base
import Columns

/// Builds a memory index from the tables, as one read transaction sees them.
struct IndexBuilder {
    let schema: CatalogSchema
    let connection: SQLiteConnection
    let cancellation: Cancellation

    /// The index; `nil` where the class or the property does not exist.
    /// - Throws: `CatalogError` where SQLite fails, `ColumnsError` where the values are more than an index
    ///   takes.
    func build(_ key: IndexKey) throws -> BuiltIndex? {
        guard let known = schema[key.classID] else { return nil }
        switch key {
        case .property(_, let property, let type):
            guard let property = known.property(property), property.types.contains(type) else { return nil }
            guard let columnType = ColumnType(type) else { return .rows(try rows(property, type, of: known)) }
            return .column(PropertyColumn(try column(property, type, columnType, of: known)))
        case .path(_, let property, let components):
            guard let property = known.property(property) else { return nil }
            return .path(try path(property, components.map(\.text), of: known))
        case .connections(_, let ends, let keyedBySource):
            return .postings(try postings(known, ends, keyedBySource: keyedBySource))
        case .labels(_, let kind):
            return .postings(try labels(kind, of: known))
        case .examined:
            return .postings(try examined(known))
        case .keys:
            return .column(PropertyColumn(try keys(of: known)))
        }
    }

    // MARK: - Properties

    private func column(
        _ property: PropertySchema, _ type: PropertyType, _ columnType: ColumnType, of known: ClassSchema
    ) throws -> Column {
        let builder = ColumnBuilder(columnType)
        try forEachValue(property, type, of: known) { row, scan throws in
            switch columnType {
            case .boolean: builder.append(row, boolean: scan.integer(1) != 0)
            case .integer, .dateTime: builder.append(row, integer: scan.integer(1))
            case .float: builder.append(row, float: scan.float(1))
            case .string: try builder.append(row, utf8: scan.utf8(1))
            }
        }
        return builder.finish()
    }

    private func rows(
        _ property: PropertySchema, _ type: PropertyType, of known: ClassSchema
    ) throws -> RowSet {
        var ids: [LocalID] = []
        try forEachValue(property, type, of: known) { row, _ in ids.append(row) }
        return RowSet(IdSet(sorted: ids))
    }

    private func path(
        _ property: PropertySchema, _ components: [String], of known: ClassSchema
    ) throws -> PathColumn {
        let values = MultiValueColumnBuilder()
        var flags: [[LocalID]] = Array(repeating: [], count: PathColumn.Candidate.allCases.count)
        if property.types.contains(.json) {
            try forEachValue(property, .json, of: known) { row, scan throws in
                let candidates = PathCandidates(in: try StoredCell.json(scan.bytes(1)), along: components)
                try values.append(row, candidates.values)
                for candidate in candidates.others { flags[candidate.rawValue].append(row) }
            }
        }
        return PathColumn(values: values.finish(), flags: flags.map { RowSet(IdSet(sorted: $0)) })
    }

    private func keys(of known: ClassSchema) throws -> Column {
        let builder = ColumnBuilder(.integer)
        let scan = try connection.statement("SELECT id, key FROM \(known.table) ORDER BY id")
        try forEachRow(scan) { row in
            if let random = IndexBuilder.random(scan.blob(1)) { builder.append(row, integer: random) }
        }
        return builder.finish()
    }

    /// The last eight bytes of a key as an integer.
    static func random(_ key: UnsafeRawBufferPointer) -> Int64? {
        guard key.count == 12 else { return nil }
        return Int64(bigEndian: key.loadUnaligned(fromByteOffset: 4, as: Int64.self))
    }

    /// Calls `body` with each member that has a value of the type, in order; the value is the second of the
    /// row.
    private func forEachValue(
        _ property: PropertySchema, _ type: PropertyType, of known: ClassSchema,
        _ body: (LocalID, SQLiteStatement) throws -> Void
    ) throws {
        let scan: SQLiteStatement
        if property.inlineTypes.contains(type) {
            let column = property.column(type)
            scan = try connection.statement(
                "SELECT id, \(column) FROM \(known.table) NOT INDEXED WHERE \(column) IS NOT NULL ORDER BY id"
            )
        } else {
            scan = try connection.statement(
                "SELECT id, v FROM \(known.sideTable) WHERE property = ? AND type = ? ORDER BY id")
            scan.bind(Int64(property.id), at: 1)
            scan.bind(String(type.letter), at: 2)
        }
        try forEachRow(scan) { try body($0, scan) }
    }

    private func forEachRow(_ scan: SQLiteStatement, _ body: (LocalID) throws -> Void) throws {
        var count = 0
        try scan.forEachRow {
            count += 1
            if count & 0xFFF == 0 { try cancellation.check() }
            try body(LocalID(truncatingIfNeeded: scan.integer(0)))
        }
    }

    // MARK: - Postings

    private func postings(
        _ known: ClassSchema, _ ends: ConnectionEnds, keyedBySource: Bool
    ) throws -> ConnectionPostings {
        let numbers = ConnectionNumbers(known)
        let builder = PostingIndexBuilder(properties: numbers.properties.map(\.name))
        let scan = try connection.statement(
            """
            SELECT \(keyedBySource ? "dst, src" : "src, dst")\(numbers.sqlColumns) FROM \(known.table) NOT INDEXED
            WHERE src_class = ? AND dst_class = ?
            """)
        scan.bind(Int64(ends.source), at: 1)
        scan.bind(Int64(ends.target), at: 2)
        var inexact: Set<UInt32> = []
        try forEachRow(scan) { id in
            let key = UInt32(truncatingIfNeeded: scan.integer(1))
            switch numbers.properties.count {
            case 0: builder.append(key: key, id: id)
            case 1: builder.append(key: key, id: id, value: numbers.value(0, in: scan, from: 2, &inexact))
            default: builder.append(key: key, id: id, values: numbers.values(in: scan, from: 2, &inexact))
            }
        }
        return ConnectionPostings(
            index: builder.finish(), properties: numbers.properties.map(\.id), inexact: inexact)
    }

    private func labels(_ kind: LabelKind, of known: ClassSchema) throws -> ConnectionPostings {
        let builder = PostingIndexBuilder(properties: LabelPosting.properties)
        let scan = try connection.statement(
            """
            SELECT target, name, confidence, source FROM labels
            WHERE target_class = ? AND kind = ? AND name IS NOT NULL ORDER BY target
            """)
        scan.bind(Int64(known.id), at: 1)
        scan.bind(kind.rawValue, at: 2)
        try forEachRow(scan) { target in
            builder.append(
                key: UInt32(truncatingIfNeeded: scan.integer(1)), id: target,
                values: LabelPosting.values(
                    confidence: scan.isNull(2) ? nil : scan.float(2), source: scan.integer(3)))
        }
        return ConnectionPostings(index: builder.finish(), properties: [])
    }

    private func examined(_ known: ClassSchema) throws -> ConnectionPostings {
        let builder = PostingIndexBuilder(properties: [ExaminedRows.failed])
        for source in try ExaminedRows.sources(on: connection) {
            let scan = try connection.statement(
                "SELECT local, error IS NOT NULL FROM examined WHERE source = ? AND class = ? ORDER BY local")
            scan.bind(source, at: 1)
            scan.bind(Int64(known.id), at: 2)
            try forEachRow(scan) { local in
                builder.append(
                    key: UInt32(truncatingIfNeeded: source), id: local, value: Double(scan.integer(1)))
            }
        }
        return ConnectionPostings(index: builder.finish(), properties: [])
    }
}

extension ColumnType {
    /// The type of column that holds values of a property type; `nil` for nulls and JSON.
    init?(_ type: PropertyType) {
        switch type {
        case .integer: self = .integer
        case .float: self = .float
        case .boolean: self = .boolean
        case .string: self = .string
        case .dateTime: self = .dateTime
        case .json, .null: return nil
        }
    }
}
