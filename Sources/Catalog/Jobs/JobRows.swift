public import Base

/// The table of jobs.
enum JobRows {
    /// Every new store has it; older ones get it with format 5.
    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE jobs(
                id INTEGER PRIMARY KEY, kind TEXT NOT NULL, request TEXT NOT NULL, priority INTEGER NOT NULL,
                state INTEGER NOT NULL, who TEXT NOT NULL, created INTEGER NOT NULL, started INTEGER,
                ended INTEGER, run INTEGER, counts TEXT NOT NULL, error TEXT)
            """)
    }

    static let columns =
        "id, kind, request, priority, state, who, created, started, ended, run, counts, error"

    static func job(in row: SQLiteStatement) throws(CatalogError) -> StoredJob {
        guard let state = StoredJob.State(rawValue: row.integer(4)) else {
            throw CatalogError(.corrupt, "job \(row.integer(0)) has the unknown state \(row.integer(4))")
        }
        func time(_ column: Int) -> DateTime? {
            row.optionalInteger(column).map { DateTime(microseconds: $0) }
        }
        return StoredJob(
            id: row.integer(0), kind: row.text(1),
            request: try StoredCell.json(row.bytes(2)).objectValue ?? Document(),
            priority: Int(truncatingIfNeeded: row.integer(3)), state: state, who: row.text(5),
            created: DateTime(microseconds: row.integer(6)), started: time(7), ended: time(8),
            run: row.optionalInteger(9),
            counts: try StoredCell.json(row.bytes(10)).objectValue ?? Document(),
            error: row.optionalText(11))
    }
}

extension CatalogSnapshot {
    /// A job; `nil` where there is none of that number.
    public func job(_ id: JobID) throws(CatalogError) -> StoredJob? {
        try check()
        let row = try connection.statement("SELECT \(JobRows.columns) FROM jobs WHERE id = ?")
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? try JobRows.job(in: row) : nil
    }

    /// Jobs, the newest first; only those that are still to be worked on, or all.
    public func jobs(onlyOpen: Bool = false, limit: Int) throws(CatalogError) -> [StoredJob] {
        try check()
        let row = try connection.statement(
            """
            SELECT \(JobRows.columns) FROM jobs WHERE ? = 0 OR state IN (0, 1) ORDER BY id DESC LIMIT ?
            """)
        defer { row.reset() }
        row.bind(Int64(onlyOpen ? 1 : 0), at: 1)
        row.bind(Int64(limit), at: 2)
        var jobs: [StoredJob] = []
        while try row.step() { jobs.append(try JobRows.job(in: row)) }
        return jobs
    }
}

extension Transaction {
    /// Adds a job that waits to be done. Its number is one more than that of the newest.
    /// - Throws: ``CatalogError/Code/limitExceeded`` where the request is too long.
    public func addJob(
        _ kind: String, _ request: Document, priority: Int, by who: String
    ) throws(CatalogError) -> StoredJob {
        try begin()
        let job = StoredJob(
            id: (try connection.integer("SELECT max(id) FROM jobs") ?? 0) + 1, kind: kind, request: request,
            priority: priority, state: .waiting, who: who, created: time, counts: Document())
        try write(job)
        return job
    }

    /// A job; `nil` where there is none of that number.
    public func job(_ id: JobID) throws(CatalogError) -> StoredJob? {
        try begin()
        let row = try connection.statement("SELECT \(JobRows.columns) FROM jobs WHERE id = ?")
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? try JobRows.job(in: row) : nil
    }

    /// Puts a job in the place of what was known of it.
    public func updateJob(_ job: StoredJob) throws(CatalogError) {
        try begin()
        try write(job)
    }

    // MARK: - Private

    private func write(_ job: StoredJob) throws(CatalogError) {
        let row = try connection.statement(
            "INSERT OR REPLACE INTO jobs(\(JobRows.columns)) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        row.bind(job.id, at: 1)
        row.bind(job.kind, at: 2)
        row.bind(
            text: try StoredCell.jsonText(.object(job.request), of: "request", options.valueLimit), at: 3)
        row.bind(Int64(job.priority), at: 4)
        row.bind(job.state.rawValue, at: 5)
        row.bind(job.who, at: 6)
        row.bind(job.created.microseconds, at: 7)
        row.bind(job.started?.microseconds, at: 8)
        row.bind(job.ended?.microseconds, at: 9)
        row.bind(job.run, at: 10)
        row.bind(text: try StoredCell.jsonText(.object(job.counts), of: "counts", options.valueLimit), at: 11)
        row.bind(job.error, at: 12)
        try row.run()
    }
}

extension Verification {
    /// Checks the table of jobs.
    mutating func checkJobs() throws(CatalogError) {
        for (condition, complaint) in [
            ("state NOT IN (0, 1, 2, 3, 4)", "has an unknown state"),
            (
                """
                NOT json_valid(request) OR NOT json_valid(counts)
                    OR CASE WHEN json_valid(request) THEN json_type(request) <> 'object' END
                    OR CASE WHEN json_valid(counts) THEN json_type(counts) <> 'object' END
                """, "is malformed"
            ),
            ("kind = '' OR who = ''", "names no kind of work, or nobody who asked for it"),
            ("state IN (2, 3, 4) AND ended IS NULL", "has ended at no time"),
            (
                "run IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE id = j.run)",
                "names a run that does not exist"
            ),
        ] {
            let scan = try SQLiteStatement(
                "SELECT id FROM jobs j WHERE \(condition) LIMIT \(limit)", on: snapshot.connection)
            while try scan.step() { add(.row, "job \(scan.integer(0)) \(complaint)") }
        }
    }
}
