import Base
import Columns

/// How an index that has one entry a row reads its rows.
struct RowIndex {
    /// What becomes of a cell.
    enum Form {
        case column(ColumnType)
        /// A null, or JSON: the row is a member or not.
        case membership
        case path([String])
        case key
    }

    let form: Form
    /// The column in the class's table; `nil` where the values are in the side table.
    let column: String?
    /// For the side table.
    let property: UInt32
    let type: PropertyType

    /// `nil` for an index of another kind, and for a property that is not there.
    init?(_ key: IndexKey, _ known: ClassSchema) {
        switch key {
        case .property(_, let id, let type):
            guard let property = known.property(id) else { return nil }
            form = ColumnType(type).map(Form.column) ?? .membership
            column = property.sideTypes.contains(type) ? nil : property.column(type)
            self.type = type
            self.property = id
        case .path(_, let id, let components):
            guard let property = known.property(id) else { return nil }
            form = .path(components.map(\.text))
            // A property that has had no JSON yet has no column for it: every row reads as NULL.
            column =
                property.sideTypes.contains(.json)
                ? nil : property.inlineTypes.contains(.json) ? property.column(.json) : "NULL"
            type = .json
            self.property = id
        case .keys:
            form = .key
            column = "key"
            type = .integer
            property = 0
        case .connections, .labels, .examined: return nil
        }
    }

    /// An index without the given rows; `nil` where it must be built anew.
    static func removing(_ rows: [LocalID], from index: BuiltIndex) -> BuiltIndex? {
        // What does not apply is dropped, and built anew from the tables.
        switch index {
        case .column(let column): (try? column.applying(rows.map { ($0, nil) })).map(BuiltIndex.column)
        case .rows(let set): .rows(set.removing(rows))
        case .path(let path): (try? path.applying(rows.map { ($0, PathCandidates()) })).map(BuiltIndex.path)
        case .postings: index
        }
    }
}

/// What was read back for one index.
struct RowChanges {
    private var values: [(row: LocalID, value: ColumnValue?)] = []
    private var members: [LocalID] = []
    private var others: [LocalID] = []
    private var candidates: [(row: LocalID, candidates: PathCandidates)] = []

    /// Takes the cell of a row; one that is NULL only where `isNew` does not say that the row never had
    /// another.
    mutating func read(
        _ form: RowIndex.Form, _ row: LocalID, _ cell: SQLiteStatement, at column: Int, isNew: Bool
    ) throws(CatalogError) {
        if cell.isNull(column) {
            if !isNew { readMissing(form, row) }
            return
        }
        switch form {
        case .column(.boolean): values.append((row, .boolean(cell.integer(column) != 0)))
        case .column(.integer): values.append((row, .integer(cell.integer(column))))
        case .column(.float): values.append((row, .float(cell.float(column))))
        case .column(.string): values.append((row, .string(cell.text(column))))
        case .column(.dateTime): values.append((row, .dateTime(cell.integer(column))))
        case .membership: members.append(row)
        case .path(let components):
            let value = try StoredCell.json(cell.bytes(column))
            candidates.append((row, PathCandidates(in: value, along: components)))
        case .key:
            if let random = IndexBuilder.random(cell.blob(column)) { values.append((row, .integer(random))) }
        }
    }

    /// Takes a row without a value.
    mutating func readMissing(_ form: RowIndex.Form, _ row: LocalID) {
        switch form {
        case .column, .key: values.append((row, nil))
        case .membership: others.append(row)
        case .path: candidates.append((row, PathCandidates()))
        }
    }

    /// The index with what was read; `nil` where it must be built anew.
    func apply(to index: BuiltIndex) -> BuiltIndex? {
        // What does not apply, being more than an index takes, is dropped, and built anew from the tables.
        switch index {
        case .column(let column): (try? column.applying(values)).map(BuiltIndex.column)
        case .rows(let set): .rows(set.removing(others).inserting(members))
        case .path(let path): (try? path.applying(candidates)).map(BuiltIndex.path)
        case .postings: index
        }
    }
}

/// Reads back rows of one class for all its row indexes at once.
struct RowReader {
    let known: ClassSchema
    let indexes: [(key: IndexKey, index: RowIndex)]
    let connection: SQLiteConnection

    /// Brings the indexes up to what the given rows say. One that is gone has no value.
    func apply(rows: [LocalID], to updated: inout [IndexKey: BuiltIndex]) throws(CatalogError) {
        var changes = Array(repeating: RowChanges(), count: indexes.count)
        let row = try connection.statement("\(select) WHERE id = ?")
        for id in rows {
            row.bind(Int64(id), at: 1)
            defer { row.reset() }
            if try row.step() {
                try read(row, id, isNew: false, into: &changes)
            } else {
                for place in indexes.indices { changes[place].readMissing(indexes[place].index.form, id) }
            }
        }
        for place in indexes.indices where indexes[place].index.column == nil {
            for id in rows { try readSide(place, Int64(id)..<Int64(id) + 1, isNew: false, into: &changes) }
        }
        finish(changes, &updated)
    }

    /// Brings the indexes up to what new rows say. Some may be gone already.
    func apply(_ range: Range<Int64>, to updated: inout [IndexKey: BuiltIndex]) throws(CatalogError) {
        var changes = Array(repeating: RowChanges(), count: indexes.count)
        let rows = try connection.statement("\(select) WHERE id >= ? AND id < ? ORDER BY id")
        rows.bind(range.lowerBound, at: 1)
        rows.bind(range.upperBound, at: 2)
        defer { rows.reset() }
        while try rows.step() {
            try read(rows, LocalID(truncatingIfNeeded: rows.integer(0)), isNew: true, into: &changes)
        }
        for place in indexes.indices where indexes[place].index.column == nil {
            try readSide(place, range, isNew: true, into: &changes)
        }
        finish(changes, &updated)
    }

    // MARK: - Private

    private var select: String {
        "SELECT id\(indexes.map { ", " + ($0.index.column ?? "NULL") }.joined()) FROM \(known.table)"
    }

    private func read(
        _ row: SQLiteStatement, _ id: LocalID, isNew: Bool, into changes: inout [RowChanges]
    ) throws(CatalogError) {
        for place in indexes.indices where indexes[place].index.column != nil {
            try changes[place].read(indexes[place].index.form, id, row, at: place + 1, isNew: isNew)
        }
    }

    private func readSide(
        _ place: Int, _ range: Range<Int64>, isNew: Bool, into changes: inout [RowChanges]
    ) throws(CatalogError) {
        let index = indexes[place].index
        let rows = try connection.statement(
            "SELECT id, v FROM \(known.sideTable) WHERE property = ? AND id >= ? AND id < ? AND type = ? ORDER BY id"
        )
        rows.bind(Int64(index.property), at: 1)
        rows.bind(range.lowerBound, at: 2)
        rows.bind(range.upperBound, at: 3)
        rows.bind(String(index.type.letter), at: 4)
        defer { rows.reset() }
        var isFound = false
        while try rows.step() {
            isFound = true
            try changes[place].read(
                index.form, LocalID(truncatingIfNeeded: rows.integer(0)), rows, at: 1, isNew: isNew)
        }
        if !isFound, !isNew { changes[place].readMissing(index.form, LocalID(range.lowerBound)) }
    }

    private func finish(_ changes: [RowChanges], _ updated: inout [IndexKey: BuiltIndex]) {
        for (place, change) in changes.enumerated() {
            let key = indexes[place].key
            updated[key] = updated[key].flatMap { change.apply(to: $0) }
        }
    }
}
