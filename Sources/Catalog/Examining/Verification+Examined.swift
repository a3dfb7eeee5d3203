import Base

extension Verification {
    /// Checks the table of what has looked at which entities.
    mutating func checkExamined() throws(CatalogError) {
        for (condition, complaint) in [
            ("NOT EXISTS (SELECT 1 FROM texts WHERE id = e.source)", "names a source that does not exist"),
            (
                "run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = e.run)",
                "names a run that does not exist"
            ),
            ("labels < 0", "counts fewer labels than none"),
        ] {
            let scan = try SQLiteStatement(
                "SELECT class, local FROM examined e WHERE \(condition) LIMIT \(limit)",
                on: snapshot.connection)
            while try scan.step() { add(.row, "an examination of \(name(in: scan)) \(complaint)") }
        }
        let scan = try SQLiteStatement(
            "SELECT DISTINCT class, local FROM examined", on: snapshot.connection)
        while findings.count < limit, try scan.step() {
            let known = UInt32(exactly: scan.integer(0)).flatMap { snapshot.schema[$0] }
            let isAlive =
                known.map { known in
                    known.kind == .entity
                        && (LocalID(exactly: scan.integer(1)).map { snapshot.alive(known).contains($0) }
                            ?? false)
                } ?? false
            if !isAlive { add(.reference, "\(name(in: scan)) was looked at, but does not exist") }
        }
    }

    // MARK: - Private

    private func name(in row: SQLiteStatement) -> String {
        let known = UInt32(exactly: row.integer(0)).flatMap { snapshot.schema[$0] }
        return "\(known?.name ?? "class") \(row.integer(0)).\(known?.generation ?? 0).\(row.integer(1))"
    }
}
