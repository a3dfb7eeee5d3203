import Base
import Columns

/// Answers predicates on properties of one class by scanning its tables: what serves until a column is built,
/// and what columns are measured against.
struct SQLSelection {
    let known: ClassSchema
    let connection: SQLiteConnection
    /// Types that a column or a table holds as single values.
    static let scalars: PropertyTypes = [
        .init(.integer), .init(.float), .init(.boolean), .init(.string), .init(.dateTime),
    ]

    /// Members with a scalar value that satisfies the predicate.
    func ids(_ property: PropertySchema, _ predicate: ColumnPredicate) throws(CatalogError) -> IdSet {
        var result = IdSet()
        for type in property.types.intersection(SQLSelection.scalars).list {
            result = result.union(try ids(property, type, predicate))
        }
        return result
    }

    /// Members with a value of that type that satisfies the predicate.
    func ids(
        _ property: PropertySchema, _ type: PropertyType, _ predicate: ColumnPredicate
    ) throws(CatalogError) -> IdSet {
        if property.inlineTypes.contains(type) {
            let column = property.column(type)
            guard let condition = SQLCondition(predicate, on: type, column: column) else { return IdSet() }
            let tested = condition.test == nil ? "" : ", \(column)"
            return try ids("SELECT id\(tested) FROM \(known.table) WHERE \(condition.sql)", condition)
        }
        guard property.sideTypes.contains(type),
            let condition = SQLCondition(predicate, on: type, column: "v")
        else { return IdSet() }
        return try ids(
            """
            SELECT id, v FROM \(known.sideTable) WHERE \(condition.sql) AND property = \(property.id)
                AND type = '\(type.letter)'
            """, condition)
    }

    // MARK: - Private

    private func ids(_ sql: String, _ condition: SQLCondition) throws(CatalogError) -> IdSet {
        // Not kept: a list of literals makes a text of its own, and a scan costs far more than its
        // preparation.
        let scan = try SQLiteStatement(sql, on: connection)
        condition.bind(to: scan, from: 1)
        var ids: [LocalID] = []
        var isSorted = true
        while try scan.step() {
            if let test = condition.test, !test(scan, 1) { continue }
            let id = LocalID(truncatingIfNeeded: scan.integer(0))
            if let last = ids.last, last >= id { isSorted = false }
            ids.append(id)
        }
        return isSorted ? IdSet(sorted: ids) : IdSet(ids)
    }
}
