import Base

/// The numeric properties of a class of connections, as postings hold them: floats, NaN where there is none.
struct ConnectionNumbers {
    /// Those that have columns for numbers in the class's table.
    let properties: [PropertySchema]

    init(_ known: ClassSchema) {
        properties = known.properties.filter {
            $0.inlineTypes.contains(.integer) || $0.inlineTypes.contains(.float)
        }
    }

    /// `, a, b`: an integer and a float column for each property; NULL where it has no such column.
    var sqlColumns: String {
        properties.map { property in
            [PropertyType.integer, .float].map {
                ", " + (property.inlineTypes.contains($0) ? property.column($0) : "NULL")
            }.joined()
        }.joined()
    }

    /// The number of the property at `index`, in a row whose ``sqlColumns`` begin at `first`. One that no
    /// float equals is left out, and its property noted as inexact.
    func value(_ index: Int, in row: SQLiteStatement, from first: Int, _ inexact: inout Set<UInt32>) -> Double
    {
        let column = first + 2 * index
        if !row.isNull(column + 1) { return row.float(column + 1) }
        if row.isNull(column) { return .nan }
        guard let number = Double(exactly: row.integer(column)) else {
            inexact.insert(properties[index].id)
            return .nan
        }
        return number
    }

    func values(in row: SQLiteStatement, from first: Int, _ inexact: inout Set<UInt32>) -> [Double] {
        properties.indices.map { value($0, in: row, from: first, &inexact) }
    }
}
