import Base

/// Inserts rows many to a statement: a statement a row costs more than twice as much.
struct BulkInsertion {
    /// A column that comes before the properties, by the number of the row.
    enum Leading {
        /// The same in every row: part of the SQL.
        case constant(Int64)
        case number((Int) -> Int64)
        case bytes((Int) -> [UInt8])
        case optional((Int) -> Int64?)
    }

    let table: String
    /// All columns: those of `leading`, then those of `columns`, each date-time followed by its zone.
    let names: [String]
    let leading: [Leading]
    let columns: [BulkRows.Column]
    let connection: SQLiteConnection
    /// Parameters of one statement: beyond this, more rows a statement bring nothing.
    private static let parameterLimit = 1_000

    func run(count: Int) throws(CatalogError) {
        let rowsPerStatement = max(1, min(200, BulkInsertion.parameterLimit / names.count))
        var texts = TextArena(columnCount: columns.count)
        var row = 0
        if count >= rowsPerStatement {
            let statement = try SQLiteStatement(sql(rows: rowsPerStatement), on: connection)
            while count - row >= rowsPerStatement {
                try insert(row..<row + rowsPerStatement, with: statement, &texts)
                row += rowsPerStatement
            }
        }
        if row < count {
            try insert(row..<count, with: try SQLiteStatement(sql(rows: count - row), on: connection), &texts)
        }
    }

    // MARK: - Private

    private func sql(rows: Int) -> String {
        let constants = leading.map { if case .constant(let number) = $0 { String(number) } else { "?" } }
        let marks = constants + Array(repeating: "?", count: names.count - leading.count)
        let row = "(" + marks.joined(separator: ",") + "),"
        return "INSERT INTO \(table)(\(names.joined(separator: ","))) VALUES"
            + String(repeating: row, count: rows).dropLast()
    }

    /// Parameters of one row.
    private var width: Int {
        leading.reduce(names.count) { if case .constant = $1 { $0 - 1 } else { $0 } }
    }

    private func insert(
        _ rows: Range<Int>, with statement: SQLiteStatement, _ texts: inout TextArena
    ) throws(CatalogError) {
        texts.removeAll()
        for (place, column) in columns.enumerated() { texts.append(column, rows, at: place) }
        var offset = 1
        for value in leading {
            switch value {
            case .constant: continue
            case .number(let number):
                forEach(rows, nil, offset, statement) { statement.bind(number($0), at: $1) }
            case .bytes(let bytes):
                forEach(rows, nil, offset, statement) { statement.bind(bytes($0), at: $1) }
            case .optional(let number):
                forEach(rows, nil, offset, statement) { statement.bind(number($0), at: $1) }
            }
            offset += 1
        }
        for (place, column) in columns.enumerated() {
            bind(column, rows, to: statement, at: offset, texts, place)
            offset += column.values.type == .dateTime ? 2 : 1
        }
        try statement.run()
    }

    private func bind(
        _ column: BulkRows.Column, _ rows: Range<Int>, to statement: SQLiteStatement, at offset: Int,
        _ texts: borrowing TextArena, _ place: Int
    ) {
        switch column.values {
        case .integers(let values):
            forEach(rows, column.isPresent, offset, statement) { statement.bind(values[$0], at: $1) }
        case .floats(let values):
            forEach(rows, column.isPresent, offset, statement) { statement.bind(values[$0], at: $1) }
        case .booleans(let values):
            forEach(rows, column.isPresent, offset, statement) {
                statement.bind(Int64(values[$0] ? 1 : 0), at: $1)
            }
        case .strings:
            var index = offset
            let width = width
            for row in rows {
                if column.isPresent?[row] == false {
                    statement.bindNull(at: index)
                } else {
                    statement.bindBorrowed(text: texts.text(row - rows.lowerBound, at: place), at: index)
                }
                index += width
            }
        case .dateTimes(let values, let zone):
            let code = StoredCell.zoneCode(zone)
            forEach(rows, column.isPresent, offset, statement) { statement.bind(values[$0], at: $1) }
            forEach(rows, column.isPresent, offset + 1, statement) { statement.bind(code, at: $1) }
        }
    }

    @inline(__always)
    private func forEach(
        _ rows: Range<Int>, _ isPresent: [Bool]?, _ offset: Int, _ statement: SQLiteStatement,
        _ bind: (_ row: Int, _ index: Int) -> Void
    ) {
        var index = offset
        let width = width
        for row in rows {
            if let isPresent, !isPresent[row] {
                statement.bindNull(at: index)
            } else {
                bind(row, index)
            }
            index += width
        }
    }
}
