import Base

/// A property with the value that a row gets for it.
struct PropertyCell {
    var property: PropertySchema
    var stored: StoredCell

    /// Whether the value goes to the side table.
    var isInSideTable: Bool { property.sideTypes.contains(stored.type) }

    /// Identifies the column among all columns of the store.
    var code: UInt32 { property.id << 3 | UInt32(stored.type.rawValue) }

    /// Binds the values that go into the row itself; returns the number of the parameter after them.
    static func bind(_ cells: [PropertyCell], to statement: SQLiteStatement, from first: Int) -> Int {
        var index = first
        for cell in cells where !cell.isInSideTable {
            cell.stored.bind(to: statement, at: index)
            index += 1
            if cell.stored.type == .dateTime {
                statement.bind(cell.stored.zone, at: index)
                index += 1
            }
        }
        return index
    }

    /// The columns that ``bind(_:to:from:)`` gives values for, in its order.
    static func columns(_ cells: [PropertyCell]) -> [String] {
        cells.filter { !$0.isInSideTable }.flatMap { cell in
            let column = cell.property.column(cell.stored.type)
            return cell.stored.type == .dateTime ? [column, cell.property.zoneColumn] : [column]
        }
    }
}
