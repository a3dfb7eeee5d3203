public import Base

extension Transaction {
    /// Notes that a model, a rule or an import begins.
    /// - Parameters:
    ///   - kind: `import`, `model` or `rule`.
    ///   - source: what its labels will name, such as `model:yolox-nano@1`.
    public func beginRun(
        _ kind: String, source: String, parameters: Document = Document()
    ) throws(CatalogError) -> RunID {
        try begin()
        let text = try StoredCell.jsonText(.object(parameters), of: "parameters", options.valueLimit)
        let statement = try connection.statement(
            "INSERT INTO runs(id, kind, source, started, parameters) VALUES(?, ?, ?, ?, ?)")
        let id = state.next.run
        statement.bind(id, at: 1)
        statement.bind(kind, at: 2)
        statement.bind(try textID(source), at: 3)
        statement.bind(time.microseconds, at: 4)
        statement.bind(text: text, at: 5)
        try statement.run()
        state.next.run += 1
        return id
    }

    /// Notes that a run has come to its end.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such run.
    public func finishRun(_ id: RunID) throws(CatalogError) {
        try begin()
        let statement = try connection.statement("UPDATE runs SET finished = ? WHERE id = ?")
        statement.bind(time.microseconds, at: 1)
        statement.bind(id, at: 2)
        try statement.run()
        if connection.changeCount == 0 { throw CatalogError(.notFound, "there is no run \(id)") }
    }

    /// Whether a run was taken back.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such run.
    public func isReverted(_ run: RunID) throws(CatalogError) -> Bool {
        try begin()
        let row = try connection.statement("SELECT reverted IS NOT NULL FROM runs WHERE id = ?")
        defer { row.reset() }
        row.bind(run, at: 1)
        guard try row.step() else { throw CatalogError(.notFound, "there is no run \(run)") }
        return row.integer(0) != 0
    }

    /// Takes back what a run has said: its labels go, and what it removed or replaced holds again, as far as
    /// nobody else has changed it since. What gave way to the run stays away where a later run of the same
    /// source, of whatever version, took the place of what the run said. What a person made of one of its
    /// labels stays. That it has looked at anything is forgotten.
    ///
    /// Reads the whole label log.
    /// - Returns: how many labels ceased to be current, and how many became current again.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such run.
    @discardableResult
    public func revert(
        run: RunID, source: String
    ) throws(CatalogError) -> (removed: Int, restored: Int) {
        try begin()
        try checkRun(run)
        let targets = try self.targets(of: run)
        let entry = LabelRows.Row(
            id: state.next.label, targetClass: 0, target: 0, kind: 0, source: try textID(source), run: run,
            time: time.microseconds)
        var outcome = (removed: 0, restored: 0)
        try critical { () throws(CatalogError) in
            state.next.label += 1
            try LabelRows.append(.revert, entry, commit: commit, on: connection)
            let mark = try connection.statement("UPDATE runs SET reverted = ? WHERE id = ?")
            mark.bind(time.microseconds, at: 1)
            mark.bind(run, at: 2)
            try mark.run()
            try forgetExamined(within: run)
            let log = try LabelLog(of: targets, on: connection)
            for target in targets.sorted() where isAlive(target.local, in: target.classNumber) {
                let held = try LabelRows.rows(
                    classID: target.classNumber, local: target.local, on: connection)
                let heldIDs = Set(held.map(\.id))
                var wanted: [LabelRows.Row] = []
                for row in log.fold(of: target) {
                    if !heldIDs.contains(row.id),
                        let later = try successor(of: run, removing: row, of: target, log)
                    {
                        try remove(row, for: later)
                    } else {
                        wanted.append(row)
                    }
                }
                let wantedIDs = Set(wanted.map(\.id))
                if wantedIDs != heldIDs {
                    changes.relabelled[target.classNumber, default: []].append(target.local)
                }
                for row in held where !wantedIDs.contains(row.id) {
                    try leave(row, by: source)
                    outcome.removed += 1
                }
                for row in wanted where !heldIDs.contains(row.id) {
                    try enter(row)
                    outcome.restored += 1
                }
            }
        }
        return outcome
    }

    /// As ``CatalogSnapshot/overruledLabels(of:after:)``, as this transaction finds them.
    public func overruledLabels(
        of prefix: String, after last: LabelID
    ) throws(CatalogError) -> [OverruledLabel] {
        try OverruledLabel.all(of: prefix, after: last, state.schema, on: connection).labels
    }

    func checkRun(_ id: RunID) throws(CatalogError) {
        let row = try connection.statement("SELECT 1 FROM runs WHERE id = ?")
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { throw CatalogError(.notFound, "there is no run \(id)") }
    }

    // MARK: - Private

    /// To whom a label has given way since that `run` removed: a later run that looked again at what `run`
    /// had looked at.
    private func successor(
        of run: RunID, removing label: LabelRows.Row, of target: EntityID, _ log: LabelLog
    ) throws(CatalogError) -> (run: RunID, source: Int64)? {
        guard let removal = log.removal(of: label.id, by: run, from: target) else { return nil }
        // It may have found nothing where `run` had found nothing: then no entry tells of it.
        let looked = try connection.statement(
            "SELECT run FROM examined WHERE source = ? AND class = ? AND local = ? AND error IS NULL")
        defer { looked.reset() }
        looked.bind(removal.source, at: 1)
        looked.bind(removal.targetClass, at: 2)
        looked.bind(removal.target, at: 3)
        if try looked.step(), let later = looked.optionalInteger(0) { return (later, removal.source) }
        for entry in log.removals(ofWhat: run, by: removal.source, saidOf: target, after: removal.id) {
            if let later = entry.run, try isVersion(entry.source, of: removal.source) {
                return (later, entry.source)
            }
        }
        return nil
    }

    /// Whether two sources are versions of one, as `model:yolox-nano@1` and `model:yolox-nano@2` are.
    private func isVersion(_ source: Int64, of other: Int64) throws(CatalogError) -> Bool {
        if source == other { return true }
        guard let text = try LabelRows.text(source, on: connection),
            let otherText = try LabelRows.text(other, on: connection), let end = text.lastIndex(of: "@"),
            let otherEnd = otherText.lastIndex(of: "@")
        else { return false }
        return text[..<end].utf8.elementsEqual(otherText[..<otherEnd].utf8)
    }

    /// Appends that a label has given way to a run, before which it did not hold.
    private func remove(
        _ row: LabelRows.Row, for later: (run: RunID, source: Int64)
    ) throws(CatalogError) {
        let entry = LabelRows.Row(
            id: state.next.label, targetClass: row.targetClass, target: row.target, kind: 0,
            source: later.source, run: later.run, time: time.microseconds, parent: row.id)
        state.next.label += 1
        try LabelRows.append(.remove, entry, commit: commit, on: connection)
    }

    /// The entities that entries of the run are about.
    private func targets(of run: RunID) throws(CatalogError) -> Set<EntityID> {
        let scan = try connection.statement(
            "SELECT DISTINCT target_class, target FROM label_log WHERE run = ? AND target IS NOT NULL")
        defer { scan.reset() }
        scan.bind(run, at: 1)
        var targets: Set<EntityID> = []
        while try scan.step() {
            guard let known = state.schema[UInt32(truncatingIfNeeded: scan.integer(0))] else { continue }
            targets.insert(known.entityID(LocalID(truncatingIfNeeded: scan.integer(1))))
        }
        return targets
    }
}
