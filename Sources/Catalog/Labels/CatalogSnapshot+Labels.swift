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
        let scan = try connection.statement(
            """
            SELECT later.id, label.target_class, label.target, source.text, name.text
            FROM label_log later
            LEFT JOIN label_log label ON label.id = later.parent AND label.source <> later.source
            LEFT JOIN texts source ON source.id = label.source
            LEFT JOIN texts name ON name.id = label.name
            WHERE later.id > ? ORDER BY later.id
            """)
        defer { scan.reset() }
        scan.bind(last, at: 1)
        var (labels, newest) = ([OverruledLabel](), last)
        while try scan.step() {
            newest = scan.integer(0)
            guard !scan.isNull(3), !scan.isNull(4),
                let known = schema[UInt32(truncatingIfNeeded: scan.integer(1))]
            else { continue }
            let source = scan.text(3)
            guard source.hasPrefix(prefix) else { continue }
            labels.append(
                OverruledLabel(
                    target: known.entityID(LocalID(truncatingIfNeeded: scan.integer(2))), source: source,
                    name: scan.text(4)))
        }
        return (labels, newest)
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
