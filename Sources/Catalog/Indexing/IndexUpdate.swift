import Base
import Columns

/// Brings memory indexes from one commit to a later one, by reading back the rows that were touched in
/// between: an index can only ever say what the rows say.
struct IndexUpdate {
    let window: ChangeWindow
    /// The schema of the later commit.
    let schema: CatalogSchema
    /// Reads the later commit.
    let connection: SQLiteConnection
    /// Rows handed on at a time: what is read back is held in memory.
    private static let blockSize: Int64 = 65_536

    /// The indexes as of the later commit. One that cannot follow is left out: it will be built anew.
    func apply(to indexes: [IndexKey: BuiltIndex]) throws(CatalogError) -> [IndexKey: BuiltIndex] {
        if indexes.isEmpty { return indexes }
        var updated = indexes
        var byClass: [UInt32: [IndexKey]] = [:]
        for key in indexes.keys { byClass[key.classID, default: []].append(key) }
        for (classID, keys) in byClass {
            guard let known = schema[classID] else { continue }
            let inserted = window.inserted(in: classID)
            let changes = window.changes.classes[classID]
            if changes?.isPurged == true {
                for key in keys { updated[key] = nil }
                continue
            }
            if inserted.isEmpty, changes == nil, window.changes.connectionsBefore[classID] == nil,
                window.changes.labels.isEmpty, window.changes.labelledInBulk.isEmpty,
                window.changes.examined.isEmpty
            {
                continue
            }
            let ofRows = keys.compactMap { key in RowIndex(key, known).map { (key: key, index: $0) } }
            if !ofRows.isEmpty { try applyRows(ofRows, known, inserted, changes ?? .init(), to: &updated) }
            for key in keys {
                guard case .postings(let postings)? = updated[key] else { continue }
                switch key {
                case .connections(_, let ends, let keyedBySource):
                    updated[key] = try connections(postings, known, ends, keyedBySource, inserted)
                case .labels(_, let kind): updated[key] = labels(postings, known, kind)
                case .examined: updated[key] = examined(postings, known)
                default: break
                }
            }
        }
        return updated
    }

    // MARK: - Properties

    private func applyRows(
        _ indexes: [(key: IndexKey, index: RowIndex)], _ known: ClassSchema, _ inserted: Range<Int64>,
        _ changes: Changes.OfClass,
        to built: inout [IndexKey: BuiltIndex]
    ) throws(CatalogError) {
        if !changes.deleted.isEmpty {
            let rows = changes.deleted.sorted()
            for (key, _) in indexes { built[key] = built[key].flatMap { RowIndex.removing(rows, from: $0) } }
        }
        // A row that came within the window is read with the new ones, one that went is not there to be read.
        let updated = changes.updated + (window.changes.connectionsBefore[known.id] ?? []).map(\.id)
        let older = Set(updated.filter { Int64($0) < inserted.lowerBound }).subtracting(changes.deleted)
        let reader = RowReader(known: known, indexes: indexes, connection: connection)
        if !older.isEmpty { try reader.apply(rows: older.sorted(), to: &built) }
        var first = inserted.lowerBound
        while first < inserted.upperBound {
            let next = min(first + IndexUpdate.blockSize, inserted.upperBound)
            try reader.apply(first..<next, to: &built)
            first = next
        }
    }

    // MARK: - Postings

    private func connections(
        _ postings: ConnectionPostings, _ known: ClassSchema, _ ends: ConnectionEnds, _ keyedBySource: Bool,
        _ inserted: Range<Int64>
    ) throws(CatalogError) -> BuiltIndex? {
        let numbers = ConnectionNumbers(known)
        // A number of a new property changes what every edge holds.
        guard numbers.properties.map(\.id) == postings.properties else { return nil }
        func edge(_ row: ConnectionRow, _ values: [Double]) -> PostingEdge {
            keyedBySource
                ? PostingEdge(key: row.source, id: row.target, values: values)
                : PostingEdge(key: row.target, id: row.source, values: values)
        }
        var deletions: [PostingEdge] = []
        var before: Set<LocalID> = []
        for row in window.changes.connectionsBefore[known.id] ?? []
        where Int64(row.id) < inserted.lowerBound && ends == row.ends && before.insert(row.id).inserted {
            deletions.append(edge(row, postings.properties.map { row.numbers[$0] ?? .nan }))
        }
        var insertions: [PostingEdge] = []
        var inexact = postings.inexact
        let columns = ConnectionRows.columns + numbers.sqlColumns
        let scan = try connection.statement("SELECT \(columns) FROM \(known.table) WHERE id >= ? AND id < ?")
        func read(_ range: Range<Int64>) throws(CatalogError) {
            scan.bind(range.lowerBound, at: 1)
            scan.bind(range.upperBound, at: 2)
            defer { scan.reset() }
            while try scan.step() {
                let row = ConnectionRows.current(scan)
                guard row.ends == ends else { continue }
                insertions.append(edge(row, numbers.values(in: scan, from: 5, &inexact)))
            }
        }
        for id in before.sorted() { try read(Int64(id)..<Int64(id) + 1) }
        try read(inserted)
        // Postings that disagree with the table are built anew.
        return postings.applying(insertions: insertions, deletions: deletions, inexact: inexact)
            .map(BuiltIndex.postings)
    }

    private func labels(
        _ postings: ConnectionPostings, _ known: ClassSchema, _ kind: LabelKind
    ) -> BuiltIndex? {
        if window.changes.labelledInBulk.contains(LabelsOfClass(classID: known.id, kind: kind)) { return nil }
        // Only whether a label was there before the window, and is there after it, counts.
        var first: [Int64: Bool] = [:]
        var last: [Int64: LabelChange] = [:]
        for change in window.changes.labels where change.targetClass == known.id && change.kind == kind {
            if first[change.id] == nil { first[change.id] = change.isAdded }
            last[change.id] = change
        }
        if last.isEmpty { return .postings(postings) }
        var insertions: [PostingEdge] = []
        var deletions: [PostingEdge] = []
        for (id, change) in last where first[id] == change.isAdded {
            guard let name = change.name.flatMap({ UInt32(exactly: $0) }) else { continue }
            let edge = PostingEdge(
                key: name, id: change.target,
                values: LabelPosting.values(confidence: change.confidence, source: change.source))
            if change.isAdded { insertions.append(edge) } else { deletions.append(edge) }
        }
        return postings.applying(insertions: insertions, deletions: deletions).map(BuiltIndex.postings)
    }

    private func examined(_ postings: ConnectionPostings, _ known: ClassSchema) -> BuiltIndex? {
        // What lies between the first and the last change of a row does not count.
        var net: [UInt64: (before: Bool?, after: Bool?)] = [:]
        for change in window.changes.examined where change.classID == known.id {
            guard let source = UInt32(exactly: change.source) else { continue }
            let row = UInt64(source) << 32 | UInt64(change.local)
            net[row] = (net[row].map(\.before) ?? change.before, change.after)
        }
        if net.isEmpty { return .postings(postings) }
        var insertions: [PostingEdge] = []
        var deletions: [PostingEdge] = []
        for (row, change) in net where change.before != change.after {
            var edge = PostingEdge(
                key: UInt32(row >> 32), id: LocalID(truncatingIfNeeded: row))
            if let before = change.before {
                edge.values = [before ? 1 : 0]
                deletions.append(edge)
            }
            if let after = change.after {
                edge.values = [after ? 1 : 0]
                insertions.append(edge)
            }
        }
        return postings.applying(insertions: insertions, deletions: deletions).map(BuiltIndex.postings)
    }
}

extension ConnectionRow {
    var ends: ConnectionEnds { ConnectionEnds(source: sourceClass, target: targetClass) }
}
