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
        let scan = try connection.statement(
            """
            SELECT r.id, r.kind, t.text, r.started, r.finished, r.reverted, r.parameters
            FROM runs r JOIN texts t ON t.id = r.source ORDER BY r.id
            """)
        defer { scan.reset() }
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
