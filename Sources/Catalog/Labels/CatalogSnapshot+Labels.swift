public import Base

extension CatalogSnapshot {
    /// The current labels of an entity, oldest first.
    public func labels(of target: EntityID) throws(CatalogError) -> [Label] {
        try check()
        guard let known = schema.entityClass(of: target) else { return [] }
        return try LabelReader(connection: connection).labels(of: target.local, in: known)
    }

    /// All runs, oldest first.
    public func runs() throws(CatalogError) -> [LabelRun] {
        try check()
        return try LabelRun.all("ORDER BY r.id", of: nil, on: connection)
    }

    /// The run of a source that began last.
    public func newestRun(of source: String) throws(CatalogError) -> LabelRun? {
        try check()
        return try LabelRun.all(
            "WHERE r.source = (SELECT id FROM texts WHERE text = ?) ORDER BY r.id DESC LIMIT 1", of: source,
            on: connection
        ).first
    }

    /// The labels of sources that begin with `prefix` which somebody else has taken away or replaced, after
    /// the entry `last` of the log: of an entity, source and name, one entry of the log after the other.
    /// What was taken away in a run that was reverted is among them. Reads the log from there on.
    /// - Returns: also the newest entry, to go on from.
    public func overruledLabels(
        of prefix: String, after last: LabelID
    ) throws(CatalogError) -> (labels: [OverruledLabel], last: LabelID) {
        try check()
        return try OverruledLabel.all(of: prefix, after: last, schema, on: connection)
    }
}

extension LabelRun {
    fileprivate static func all(
        _ rest: String, of source: String?, on connection: SQLiteConnection
    ) throws(CatalogError) -> [LabelRun] {
        let scan = try connection.statement(
            """
            SELECT r.id, r.kind, t.text, r.started, r.finished, r.reverted, r.parameters
            FROM runs r JOIN texts t ON t.id = r.source \(rest)
            """)
        defer { scan.reset() }
        if let source { scan.bind(source, at: 1) }
        var runs: [LabelRun] = []
        while try scan.step() {
            runs.append(
                LabelRun(
                    id: scan.integer(0), kind: scan.text(1), source: scan.text(2),
                    started: DateTime(microseconds: scan.integer(3)),
                    finished: scan.optionalInteger(4).map { DateTime(microseconds: $0) },
                    reverted: scan.optionalInteger(5).map { DateTime(microseconds: $0) },
                    parameters: try StoredCell.json(scan.bytes(6)).objectValue ?? Document()))
        }
        return runs
    }
}
