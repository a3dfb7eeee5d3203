import Base

extension Verification {
    /// Replays the label log, target by target, and compares with the current labels; both are read in the
    /// order of their targets, so that memory holds one target at a time.
    mutating func checkLabels() throws(CatalogError) {
        let reverts = try LabelLog.reverts(on: snapshot.connection)
        let log = try SQLiteStatement(
            """
            SELECT \(LabelRows.columns), operation FROM label_log WHERE operation <> 2
            ORDER BY target_class, target, id
            """, on: snapshot.connection)
        let labels = try SQLiteStatement(
            "SELECT \(LabelRows.columns) FROM labels ORDER BY target_class, target, id",
            on: snapshot.connection)
        var nextEntry = try log.step()
        var nextLabel = try labels.step()
        while nextEntry || nextLabel {
            let target = [nextEntry ? key(log) : nil, nextLabel ? key(labels) : nil].compactMap { $0 }.min {
                $0 < $1
            }
            guard let target else { break }
            var entries: [LabelLog.Entry] = []
            while nextEntry, key(log) == target {
                entries.append(
                    LabelLog.Entry(
                        row: LabelRows.row(in: log),
                        operation: LabelRows.Operation(rawValue: log.integer(11)) ?? .remove))
                nextEntry = try log.step()
            }
            var held: [LabelRows.Row] = []
            while nextLabel, key(labels) == target {
                held.append(LabelRows.row(in: labels))
                nextLabel = try labels.step()
            }
            check(target, held: held, wanted: LabelLog.fold(entries, reverts: reverts))
            if findings.count >= limit { return }
        }
        try checkTexts()
    }

    // MARK: - Private

    private func key(_ row: SQLiteStatement) -> (Int64, Int64) { (row.integer(1), row.integer(2)) }

    private mutating func check(_ target: (Int64, Int64), held: [LabelRows.Row], wanted: [LabelRows.Row]) {
        let known = UInt32(exactly: target.0).flatMap { snapshot.schema[$0] }
        let name = "\(known?.name ?? "class") \(target.0).\(known?.generation ?? 0).\(target.1)"
        let isAlive =
            known.map { known in
                LocalID(exactly: target.1).map { snapshot.alive(known).contains($0) } ?? false
            }
            ?? false
        guard isAlive else {
            if !held.isEmpty { add(.reference, "\(name) has labels, but does not exist") }
            return
        }
        if held != wanted {
            add(.labels, "\(name) has the labels \(held.map(\.id)), but the log says \(wanted.map(\.id))")
        }
    }

    private mutating func checkTexts() throws(CatalogError) {
        let scan = try SQLiteStatement(
            """
            SELECT id FROM label_log l WHERE NOT EXISTS (SELECT 1 FROM texts WHERE id = l.source)
                OR (name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM texts WHERE id = l.name))
                OR (run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = l.run))
            """, on: snapshot.connection)
        while try scan.step() {
            add(
                .reference,
                "entry \(scan.integer(0)) of the label log names a text or a run that does not exist")
        }
    }
}
