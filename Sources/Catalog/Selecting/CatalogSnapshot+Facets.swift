public import Base
public import Columns

/// Counts of the values of a property.
extension CatalogSnapshot {
    /// How often each value of a property occurs among `ids`: of scalars the values themselves, of arrays
    /// each different element once. Objects, and arrays within arrays, have no place in it.
    ///
    /// Rows that are missing have neither; a null that was given is missing as well.
    /// - Parameters:
    ///   - ids: members of the class.
    ///   - limit: how many values are listed, frequent ones first, then smaller ones.
    public func facet(
        _ known: ClassSchema, _ property: PropertySchema, over ids: IdSet, limit: Int
    ) throws -> FacetResult {
        try check()
        let columns = try columns(known, property).filter { $0.count > 0 }
        let arrays = property.types.contains(.json) ? try path(known, property, []).values : nil
        guard columns.count + (arrays == nil ? 0 : 1) != 1 else {
            return columns.first?.facet(over: ids, limit: limit)
                ?? arrays?.facet(over: ids, limit: limit)
                ?? FacetResult(values: [], distinct: 0, missing: ids.count)
        }
        // Values of several types, or none: an integer and a float that are equal are one value.
        let parts =
            columns.map { $0.facet(over: ids, limit: .max) }
            + (arrays.map { [$0.facet(over: ids, limit: .max)] } ?? [])
        var counts: [ColumnValue: Int] = [:]
        var present = 0
        for part in parts {
            present += ids.count - part.missing
            for entry in part.values { counts[entry.value, default: 0] += entry.count }
        }
        var entries = counts.map { FacetResult.Entry(value: $0, count: $1) }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        return FacetResult(
            values: Array(entries.prefix(max(limit, 0))), distinct: counts.count, missing: ids.count - present
        )
    }

    /// How many values of a numeric property lie between consecutive edges, among `ids`.
    /// - Throws: ``CatalogError/Code/conflict`` where the property has had no numbers; `ColumnsError` where
    ///   the edges do not rise.
    public func histogram(
        _ known: ClassSchema, _ property: PropertySchema, over ids: IdSet, edges: [Double]
    ) throws -> HistogramResult {
        try check()
        let numbers = try columns(known, property).filter { $0.type == .integer || $0.type == .float }
        guard let first = numbers.first else {
            throw CatalogError(.conflict, "'\(property.name)' of '\(known.name)' has no numbers")
        }
        var sum = try first.histogram(over: ids, edges: edges)
        for column in numbers.dropFirst() {
            let other = try column.histogram(over: ids, edges: edges)
            for bin in sum.counts.indices { sum.counts[bin] += other.counts[bin] }
            sum.below += other.below
            sum.above += other.above
            // Each row is missing from all columns but the one that it has its value in.
            sum.missing += other.missing - ids.count
        }
        return sum
    }

    /// The least and the greatest number of a property among `ids`; `nil` where there is none.
    public func extremes(
        _ known: ClassSchema, _ property: PropertySchema, over ids: IdSet
    ) throws -> (least: ColumnValue, greatest: ColumnValue)? {
        try check()
        let numbers = try columns(known, property).filter { $0.type == .integer || $0.type == .float }
        guard let least = numbers.compactMap({ $0.minimum(over: ids) }).min(),
            let greatest = numbers.compactMap({ $0.maximum(over: ids) }).max()
        else { return nil }
        return (least, greatest)
    }
}
