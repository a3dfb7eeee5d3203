public import Base
import Columns

/// Single connections: which there are between sets of entities, and what they join.
extension CatalogSnapshot {
    /// One connection, without its properties.
    public struct Link: Sendable, Hashable {
        public var connection: LocalID
        public var source: LocalID
        public var target: LocalID
    }

    /// Calls `body` with each connection of a class that comes from one of `sources` and leads to one of
    /// `targets`, in no particular order.
    ///
    /// Few sources are looked up in the B-tree, few targets by their postings; otherwise all connections of
    /// the class are looked at, about 0.1 µs each.
    /// - Parameters:
    ///   - ends: the classes of the two sides.
    ///   - sources: `nil` for any.
    ///   - targets: `nil` for any.
    public func forEachLink(
        of known: ClassSchema, _ ends: ConnectionEnds, from sources: IdSet?, to targets: IdSet?,
        _ body: (Link) throws -> Void
    ) throws {
        try check()
        if let sources, sources.count <= CatalogSnapshot.fewEnds { return try fromEach(sources) }
        if let targets, targets.count <= CatalogSnapshot.fewEnds,
            let postings = try postings(of: known, ends, keyedBy: .target)
        {
            let row = try connection.statement(
                "SELECT id, src, dst FROM \(known.table) WHERE src = ? AND dst = ? AND src_class = ? AND dst_class = ?"
            )
            for (index, target) in targets.ids.enumerated() {
                if index & 0xFFF == 0xFFF { try check() }
                for source in postings.select(target).ids where sources?.contains(source) ?? true {
                    row.bind(Int64(source), at: 1)
                    row.bind(Int64(target), at: 2)
                    row.bind(Int64(ends.source), at: 3)
                    row.bind(Int64(ends.target), at: 4)
                    try row.forEachRow { try body(CatalogSnapshot.link(row)) }
                }
            }
            return
        }
        let scan = try connection.statement(
            "SELECT id, src, dst FROM \(known.table) NOT INDEXED WHERE src_class = ? AND dst_class = ?")
        scan.bind(Int64(ends.source), at: 1)
        scan.bind(Int64(ends.target), at: 2)
        var seen = 0
        try scan.forEachRow {
            seen += 1
            if seen & 0xFFFF == 0 { try check() }
            let link = CatalogSnapshot.link(scan)
            guard sources?.contains(link.source) ?? true, targets?.contains(link.target) ?? true else {
                return
            }
            try body(link)
        }

        func fromEach(_ sources: IdSet) throws {
            let row = try connection.statement(
                "SELECT id, src, dst FROM \(known.table) WHERE src = ? AND src_class = ? AND dst_class = ?")
            for (index, source) in sources.ids.enumerated() {
                if index & 0xFFF == 0xFFF { try check() }
                row.bind(Int64(source), at: 1)
                row.bind(Int64(ends.source), at: 2)
                row.bind(Int64(ends.target), at: 3)
                try row.forEachRow {
                    let link = CatalogSnapshot.link(row)
                    if targets?.contains(link.target) ?? true { try body(link) }
                }
            }
        }
    }

    /// Connections of a class by their ids, in that order, with their properties. Those that do not exist are
    /// left out.
    public func connections(of known: ClassSchema, _ ids: [LocalID]) throws(CatalogError) -> [Connection] {
        try check()
        guard known.kind == .connection else { return [] }
        var rows: [ConnectionRow] = []
        rows.reserveCapacity(ids.count)
        for (index, id) in ids.enumerated() {
            if index & 0xFFF == 0xFFF { try check() }
            if let row = try ConnectionRows.row(id, in: known, on: connection) { rows.append(row) }
        }
        return try connections(rows, of: known)
    }

    // MARK: - Private

    /// Beyond so many ends one pass over all connections is quicker.
    private static let fewEnds = 20_000

    private static func link(_ row: SQLiteStatement) -> Link {
        Link(
            connection: LocalID(truncatingIfNeeded: row.integer(0)),
            source: LocalID(truncatingIfNeeded: row.integer(1)),
            target: LocalID(truncatingIfNeeded: row.integer(2)))
    }
}
