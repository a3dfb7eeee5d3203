import Base
import Catalog
import Columns

/// What is listed of the members of one class, field by field: rows that became neither documents nor text
/// yet.
///
/// A value of its own, which needs the snapshot it was read from no longer: JSON and Arrow are made of it
/// once nobody waits for the store.
struct Listing: Sendable {
    /// The values of one field.
    enum Cells: Sendable {
        case property(PropertyCells)
        /// The names of the members.
        case ids
        /// Their numbers within their class.
        case locals
        /// One for all.
        case constant(Value)
        /// One each; `nil` where there is none.
        case values([Value?])
        /// None at all.
        case missing
    }

    struct Column: Sendable {
        /// As it is shown; no two have the same.
        var name: String
        var cells: Cells
    }

    let known: ClassSchema
    let ids: [LocalID]
    private(set) var columns: [Column] = []

    var rowCount: Int { ids.count }

    init(of known: ClassSchema, _ ids: [LocalID]) {
        self.known = known
        self.ids = ids
    }

    /// Adds a field. Of a name that comes twice the last counts, in the place of the first, as in a document.
    mutating func append(_ name: String, _ cells: Cells) {
        if let place = columns.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
            columns[place].cells = cells
        } else {
            columns.append(Column(name: name, cells: cells))
        }
    }

    /// The value of a field of a row; `nil` where there is none.
    func value(_ column: Column, at row: Int) -> Value? {
        switch column.cells {
        case .property(let cells): cells.value(at: row)
        case .ids: .string(known.entityID(ids[row]).description)
        case .locals: .integer(Int64(ids[row]))
        case .constant(let value): value
        case .values(let values): values[row]
        case .missing: nil
        }
    }
}
