public import Base

/// Noting, and forgetting, what has looked at which entities.
extension Transaction {
    /// Notes that `source` has looked at an entity, in the place of what was noted of the two before.
    /// - Parameters:
    ///   - run: the run with which this is forgotten when it is reverted.
    ///   - labelCount: how many labels it made of the entity.
    ///   - error: why it could not look.
    /// - Throws: ``CatalogError/Code/notFound`` where the entity or the run does not exist.
    public func noteExamined(
        _ target: EntityID, by source: String, run: RunID?, labels labelCount: Int, error: String? = nil
    ) throws(CatalogError) {
        try begin()
        guard let known = state.schema.entityClass(of: target), known.kind == .entity,
            isAlive(target.local, in: known.id)
        else { throw CatalogError(.notFound, "there is no entity \(target) to be looked at") }
        if let run { try checkRun(run) }
        let number = try textID(source)
        let before = try ExaminedRows.isFailed(number, known.id, target.local, on: connection)
        let row = try connection.statement(
            """
            INSERT OR REPLACE INTO examined(source, class, local, run, labels, error, time)
            VALUES(?, ?, ?, ?, ?, ?, ?)
            """)
        row.bind(number, at: 1)
        row.bind(Int64(known.id), at: 2)
        row.bind(Int64(target.local), at: 3)
        row.bind(run, at: 4)
        row.bind(Int64(labelCount), at: 5)
        row.bind(error, at: 6)
        row.bind(time.microseconds, at: 7)
        try row.run()
        changes.examined.append(
            ExaminationChange(
                source: number, classID: known.id, local: target.local, before: before, after: error != nil))
    }

    /// Whether `source` has looked at an entity, and could; `nil` where it has not tried.
    public func examined(
        _ target: EntityID, by source: String
    ) throws(CatalogError) -> ExaminationOutcome? {
        try begin()
        let isFailed = try ExaminedRows.isFailed(
            try textID(source), target.classNumber, target.local, on: connection)
        return isFailed.map { $0 ? .failed : .succeeded }
    }

    /// Forgets that `source` has looked at an entity.
    /// - Returns: whether it had.
    @discardableResult
    public func forgetExamined(_ target: EntityID, by source: String) throws(CatalogError) -> Bool {
        try begin()
        return try forgetExamined(try textID(source), target.classNumber, target.local)
    }

    /// Forgets all that has looked at entities of a class: they are gone.
    func forgetExamined(_ locals: [LocalID], of known: ClassSchema) throws(CatalogError) {
        for source in try ExaminedRows.sources(on: connection) {
            for local in locals { try forgetExamined(source, known.id, local) }
        }
    }

    /// Forgets what was looked at within a run. Reads all examinations.
    func forgetExamined(within run: RunID) throws(CatalogError) {
        let scan = try connection.statement("SELECT source, class, local FROM examined WHERE run = ?")
        scan.bind(run, at: 1)
        var rows: [(source: Int64, classID: UInt32, local: LocalID)] = []
        while try scan.step() {
            rows.append(
                (
                    scan.integer(0), UInt32(truncatingIfNeeded: scan.integer(1)),
                    LocalID(truncatingIfNeeded: scan.integer(2))
                ))
        }
        scan.reset()
        for row in rows { try forgetExamined(row.source, row.classID, row.local) }
    }

    // MARK: - Private

    @discardableResult
    private func forgetExamined(
        _ source: Int64, _ classID: UInt32, _ local: LocalID
    ) throws(CatalogError) -> Bool {
        guard let before = try ExaminedRows.isFailed(source, classID, local, on: connection) else {
            return false
        }
        let row = try connection.statement(
            "DELETE FROM examined WHERE source = ? AND class = ? AND local = ?")
        row.bind(source, at: 1)
        row.bind(Int64(classID), at: 2)
        row.bind(Int64(local), at: 3)
        try row.run()
        changes.examined.append(
            ExaminationChange(source: source, classID: classID, local: local, before: before, after: nil))
        return true
    }
}
