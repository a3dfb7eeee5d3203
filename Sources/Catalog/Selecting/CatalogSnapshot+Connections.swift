public import Base
public import Columns

/// Which entities are joined by connections.
extension CatalogSnapshot {
    /// The entities on one side of connections of a class whose other side is one of `others`.
    ///
    /// Postings answer, or SQL while there are none, or where a range needs more than floats can say.
    /// - Parameters:
    ///   - ends: the classes of the two sides.
    ///   - side: the side that is asked for; `others` are of the other one.
    ///   - ranges: conditions on numbers of one connection, which must satisfy all of them.
    public func connected(
        by known: ClassSchema, _ ends: ConnectionEnds, _ side: ConnectionSide, to others: IdSet,
        where ranges: [PostingRange] = []
    ) throws -> Selection {
        try check()
        if !isExact(ranges, known) { return try connectedBySQL(known, ends, side, others, ranges) }
        let key = IndexKey.connections(classID: known.id, ends: ends, keyedBySource: side == .target)
        // The B-tree of sources is quicker than building postings for a few.
        if version.indexes[key] == nil, side == .target, others.count <= 2_000 {
            return try connectedBySQL(known, ends, side, others, ranges)
        }
        guard case .postings(let postings)? = try indexes.index(key, for: self),
            ranges.allSatisfy({ range in
                known[range.property].map { !postings.inexact.contains($0.id) } ?? true
            })
        else { return try connectedBySQL(known, ends, side, others, ranges) }
        return Selection(ids: postings.index.select(keys: others.ids, where: ranges), source: .posting)
    }

    /// The postings of connections of a class, keyed by one side; built now if they are not. Only numbers are
    /// in them; `nil` where one of `ranges` needs more.
    public func postings(
        of known: ClassSchema, _ ends: ConnectionEnds, keyedBy side: ConnectionSide,
        ranges: [PostingRange] = []
    ) throws -> PostingIndex? {
        try check()
        guard isExact(ranges, known) else { return nil }
        let key = IndexKey.connections(classID: known.id, ends: ends, keyedBySource: side == .source)
        guard case .postings(let postings)? = try indexes.requiredIndex(key, for: self) else { return nil }
        let inexact = ranges.contains { known[$0.property].map { postings.inexact.contains($0.id) } ?? false }
        return inexact ? nil : postings.index
    }

    // MARK: - Private

    /// Whether postings hold all numbers of the properties that ranges are about.
    private func isExact(_ ranges: [PostingRange], _ known: ClassSchema) -> Bool {
        ranges.allSatisfy { range in
            guard let property = known[range.property] else { return true }
            return !property.sideTypes.contains(.integer) && !property.sideTypes.contains(.float)
        }
    }

    private func connectedBySQL(
        _ known: ClassSchema, _ ends: ConnectionEnds, _ side: ConnectionSide, _ others: IdSet,
        _ ranges: [PostingRange]
    ) throws -> Selection {
        var matching: IdSet?
        for range in ranges {
            guard let property = known[range.property] else { return Selection(ids: IdSet(), source: .sql) }
            let ids = try SQLSelection(known: known, connection: connection).ids(
                property, .range(lower: range.lower, upper: range.upper))
            matching = matching?.intersection(ids) ?? ids
        }
        var found: [LocalID] = []
        let columns = side == .source ? "src, dst" : "dst, src"
        let condition = "src_class = ? AND dst_class = ?"
        func collect(_ row: SQLiteStatement) throws {
            try row.forEachRow {
                guard others.contains(LocalID(truncatingIfNeeded: row.integer(1))),
                    matching?.contains(LocalID(truncatingIfNeeded: row.integer(2))) ?? true
                else { return }
                found.append(LocalID(truncatingIfNeeded: row.integer(0)))
            }
        }
        if side == .target, others.count <= 2_000 {
            let row = try connection.statement(
                "SELECT \(columns), id FROM \(known.table) WHERE \(condition) AND src = ?")
            for other in others.ids {
                row.bind(Int64(ends.source), at: 1)
                row.bind(Int64(ends.target), at: 2)
                row.bind(Int64(other), at: 3)
                try collect(row)
            }
        } else {
            let row = try connection.statement("SELECT \(columns), id FROM \(known.table) WHERE \(condition)")
            row.bind(Int64(ends.source), at: 1)
            row.bind(Int64(ends.target), at: 2)
            try collect(row)
        }
        return Selection(ids: IdSet(found), source: .sql)
    }
}

/// One of the two sides of a connection.
public enum ConnectionSide: Sendable, Hashable {
    /// Where it comes from.
    case source
    /// Where it leads to.
    case target
}
