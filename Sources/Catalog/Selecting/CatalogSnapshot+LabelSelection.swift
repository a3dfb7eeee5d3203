public import Base
public import Columns

/// Which entities have which labels.
extension CatalogSnapshot {
    /// The entities of a class with a current label of a kind whose name satisfies `predicate`, which must be
    /// one on strings, and whose confidence lies between the bounds. A label without a confidence lies in no
    /// range.
    public func labelled(
        _ known: ClassSchema, _ kind: LabelKind, _ predicate: ColumnPredicate,
        confidenceFrom lower: ColumnBound? = nil,
        to upper: ColumnBound? = nil
    ) throws -> Selection {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return Selection(ids: IdSet(), source: .version) }
        let names = try labelNames(predicate, in: postings.index)
        let isBounded = lower != nil || upper != nil
        let ranges = isBounded ? [PostingRange(LabelPosting.confidence, lower: lower, upper: upper)] : []
        return Selection(ids: postings.index.select(keys: names, where: ranges), source: .posting)
    }

    /// How many of `ids` have each name of a kind of label; an entity counts once for a name. Entities
    /// without any such label are missing.
    public func labelFacet(
        _ known: ClassSchema, _ kind: LabelKind, over ids: IdSet, limit: Int
    ) throws -> FacetResult {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return FacetResult(values: [], distinct: 0, missing: ids.count) }
        var counts = postings.index.facet(over: ids)
        let labelled = postings.index.select(keys: counts.map(\.key)).intersectionCount(ids)
        let distinct = counts.count
        // Only what is listed needs its name, but names decide between equal counts.
        if limit < counts.count {
            let bound = counts.map(\.count).sorted(by: >)[max(limit - 1, 0)]
            counts = limit > 0 ? counts.filter { $0.count >= bound } : []
        }
        var entries: [FacetResult.Entry] = []
        for count in counts {
            guard let name = try text(Int64(count.key)) else { continue }
            entries.append(FacetResult.Entry(value: .string(name), count: count.count))
        }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        return FacetResult(
            values: Array(entries.prefix(max(limit, 0))), distinct: distinct, missing: ids.count - labelled)
    }

    /// The names of current labels of a kind, in order of their bytes.
    public func labelNames(_ known: ClassSchema, _ kind: LabelKind) throws -> [String] {
        try check()
        guard
            case .postings(let postings)? = try indexes.requiredIndex(
                .labels(classID: known.id, kind: kind), for: self)
        else { return [] }
        var names: [String] = []
        for key in postings.index.keys {
            if let name = try text(Int64(key)) { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: - Private

    private func text(_ id: Int64) throws(CatalogError) -> String? {
        try LabelRows.text(id, on: connection)
    }

    /// The numbers of the names that satisfy a predicate.
    private func labelNames(_ predicate: ColumnPredicate, in postings: PostingIndex) throws -> [UInt32] {
        switch predicate {
        case .present: return postings.keys
        case .equal(.string(let name)): return try textID(name).map { [$0] } ?? []
        default:
            // There are few names beside the labels: they make a column of their own.
            let builder = ColumnBuilder(.string)
            for key in postings.keys {
                if let name = try text(Int64(key)) { try builder.append(key, .string(name)) }
            }
            return builder.finish().select(predicate).ids
        }
    }

    func textID(_ text: String) throws(CatalogError) -> UInt32? {
        let row = try connection.statement("SELECT id FROM texts WHERE text = ?")
        defer { row.reset() }
        row.bind(text, at: 1)
        return try row.step() ? UInt32(exactly: row.integer(0)) : nil
    }
}
