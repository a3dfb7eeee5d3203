public import Base
import Columns

/// What has looked at which entities.
extension CatalogSnapshot {
    /// The entities of a class that `source` has looked at, or tried to.
    ///
    /// Postings answer, which are built at the first call and kept up at each commit.
    /// - Returns: the empty set for a source that has looked at nothing.
    public func examined(
        _ known: ClassSchema, by source: String, _ outcome: ExaminationOutcome = .any
    ) throws -> IdSet {
        try check()
        guard known.kind == .entity, let number = try textID(source),
            case .postings(let postings)? = try indexes.requiredIndex(
                .examined(classID: known.id), for: self)
        else { return IdSet() }
        let ranges: [PostingRange] =
            switch outcome {
            case .any: []
            case .succeeded: [ExaminedRows.range(is: 0)]
            case .failed: [ExaminedRows.range(is: 1)]
            }
        return postings.index.select(number, where: ranges)
    }

    /// The entities of a class that `source` has looked at, or tried to, within a run. Reads all that the
    /// source has looked at.
    public func examined(
        _ known: ClassSchema, by source: String, within run: RunID
    ) throws(CatalogError) -> IdSet {
        try check()
        guard let number = try textID(source) else { return IdSet() }
        let row = try connection.statement(
            "SELECT local FROM examined WHERE source = ? AND class = ? AND run = ? ORDER BY local")
        defer { row.reset() }
        row.bind(Int64(number), at: 1)
        row.bind(Int64(known.id), at: 2)
        row.bind(run, at: 3)
        var locals: [LocalID] = []
        while try row.step() { locals.append(LocalID(truncatingIfNeeded: row.integer(0))) }
        return IdSet(sorted: locals)
    }

    /// All that has looked at an entity, in the order of the sources' names.
    public func examinations(of target: EntityID) throws(CatalogError) -> [Examination] {
        try check()
        guard let known = schema.entityClass(of: target) else { return [] }
        let row = try connection.statement(
            """
            SELECT t.text, e.run, e.labels, e.error, e.time FROM examined e JOIN texts t ON t.id = e.source
            WHERE e.source = ? AND e.class = ? AND e.local = ?
            """)
        defer { row.reset() }
        var found: [Examination] = []
        for source in try ExaminedRows.sources(on: connection) {
            row.reset()
            row.bind(source, at: 1)
            row.bind(Int64(known.id), at: 2)
            row.bind(Int64(target.local), at: 3)
            guard try row.step() else { continue }
            found.append(
                Examination(
                    source: row.text(0), target: target, run: row.optionalInteger(1),
                    labelCount: Int(truncatingIfNeeded: row.integer(2)), error: row.optionalText(3),
                    time: DateTime(microseconds: row.integer(4))))
        }
        return found.sorted { $0.source.utf8.lexicographicallyPrecedes($1.source.utf8) }
    }

    /// The names of all that has looked at anything, in the order of their bytes.
    public func examiningSources() throws(CatalogError) -> [String] {
        try check()
        var names: [String] = []
        for source in try ExaminedRows.sources(on: connection) {
            if let name = try LabelRows.text(source, on: connection) { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

extension ExaminedRows {
    fileprivate static func range(is number: Double) -> PostingRange {
        let bound = ColumnBound.including(.float(number))
        return PostingRange(failed, lower: bound, upper: bound)
    }
}
