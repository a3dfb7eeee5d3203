import Base

/// The table of URLs that were collected.
enum CollectedURLRows {
    /// The step from format 3 to format 4 makes it, and so does every new store.
    ///
    /// Clustered by URL: those of one site lie together, and no second index is needed.
    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE collected_urls(
                url TEXT PRIMARY KEY, state INTEGER NOT NULL, code TEXT, reason TEXT, status INTEGER,
                attempts INTEGER NOT NULL, first_tried INTEGER NOT NULL, last_tried INTEGER NOT NULL,
                next_try INTEGER, class INTEGER, local INTEGER, given TEXT) WITHOUT ROWID
            """)
    }

    static let columns = """
        url, state, code, reason, status, attempts, first_tried, last_tried, next_try, class, local, given
        """

    static func entry(in row: SQLiteStatement, _ schema: CatalogSchema) throws(CatalogError) -> CollectedURL {
        let url = row.text(0)
        guard let state = CollectedURL.State(rawValue: row.integer(1)) else {
            throw CatalogError(.corrupt, "the collected URL \(url) has the unknown state \(row.integer(1))")
        }
        var entry = CollectedURL(
            url: url, state: state, code: row.optionalText(2), reason: row.optionalText(3),
            status: row.optionalInteger(4).map { Int(truncatingIfNeeded: $0) },
            attempts: Int(truncatingIfNeeded: row.integer(5)), at: DateTime(microseconds: row.integer(6)),
            nextTry: row.optionalInteger(8).map { DateTime(microseconds: $0) })
        entry.lastTried = DateTime(microseconds: row.integer(7))
        if let number = row.optionalInteger(9), let local = row.optionalInteger(10),
            let known = schema[UInt32(truncatingIfNeeded: number)]
        {
            entry.image = known.entityID(LocalID(truncatingIfNeeded: local))
        }
        if row.optionalText(11) != nil { entry.given = try StoredCell.json(row.bytes(11)).objectValue }
        return entry
    }
}

extension CatalogSnapshot {
    /// What is known of each of `urls`, in their order; `nil` where nothing is. Compared byte for byte.
    public func collected(_ urls: [String]) throws(CatalogError) -> [CollectedURL?] {
        try check()
        let row = try connection.statement(
            "SELECT \(CollectedURLRows.columns) FROM collected_urls WHERE url = ?")
        defer { row.reset() }
        var found: [CollectedURL?] = []
        found.reserveCapacity(urls.count)
        for url in urls {
            row.bind(url, at: 1)
            found.append(try row.step() ? try CollectedURLRows.entry(in: row, schema) : nil)
            row.reset()
        }
        return found
    }

    /// The next `limit` URLs in byte order, of one state or of all.
    /// - Parameter last: only those behind this one; all where `nil`.
    public func collected(
        _ state: CollectedURL.State?, after last: String?, limit: Int
    ) throws(CatalogError) -> [CollectedURL] {
        try check()
        let row = try connection.statement(
            """
            SELECT \(CollectedURLRows.columns) FROM collected_urls
            WHERE url > ? AND (? IS NULL OR state = ?) ORDER BY url LIMIT ?
            """)
        defer { row.reset() }
        row.bind(last ?? "", at: 1)
        row.bind(state?.rawValue, at: 2)
        row.bind(state?.rawValue, at: 3)
        row.bind(Int64(limit), at: 4)
        var found: [CollectedURL] = []
        while try row.step() { found.append(try CollectedURLRows.entry(in: row, schema)) }
        return found
    }
}

extension Transaction {
    /// Notes what became of a URL, in the place of what was known of it. Its attempts are added to those
    /// before, and when it was first tried stays.
    /// - Throws: ``CatalogError/Code/limitExceeded`` where what is given is too long.
    public func noteCollected(_ entry: CollectedURL) throws(CatalogError) {
        try begin()
        let given = try entry.given.map { given throws(CatalogError) in
            try StoredCell.jsonText(.object(given), of: "given", options.valueLimit)
        }
        let row = try connection.statement(
            """
            INSERT INTO collected_urls(\(CollectedURLRows.columns)) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(url) DO UPDATE SET
                state = excluded.state, code = excluded.code, reason = excluded.reason,
                status = excluded.status, attempts = attempts + excluded.attempts,
                last_tried = excluded.last_tried, next_try = excluded.next_try, class = excluded.class,
                local = excluded.local, given = excluded.given
            """)
        row.bind(entry.url, at: 1)
        row.bind(entry.state.rawValue, at: 2)
        row.bind(entry.code, at: 3)
        row.bind(entry.reason, at: 4)
        row.bind(entry.status.map(Int64.init), at: 5)
        row.bind(Int64(entry.attempts), at: 6)
        row.bind(entry.firstTried.microseconds, at: 7)
        row.bind(entry.lastTried.microseconds, at: 8)
        row.bind(entry.nextTry?.microseconds, at: 9)
        row.bind(entry.image.map { Int64($0.classNumber) }, at: 10)
        row.bind(entry.image.map { Int64($0.local) }, at: 11)
        if let given { row.bind(text: given, at: 12) } else { row.bindNull(at: 12) }
        try row.run()
    }

    /// Forgets the URLs that entities came from. Reads all URLs.
    func forgetCollected(_ ids: IdSet, of known: ClassSchema) throws(CatalogError) {
        let scan = try connection.statement("SELECT url, local FROM collected_urls WHERE class = ?")
        scan.bind(Int64(known.id), at: 1)
        var urls: [String] = []
        while try scan.step() {
            if ids.contains(LocalID(truncatingIfNeeded: scan.integer(1))) { urls.append(scan.text(0)) }
        }
        scan.reset()
        let row = try connection.statement("DELETE FROM collected_urls WHERE url = ?")
        for url in urls {
            row.bind(url, at: 1)
            try row.run()
        }
    }
}

extension Verification {
    /// Checks the table of URLs that were collected.
    mutating func checkCollected() throws(CatalogError) {
        for (condition, complaint) in [
            ("state NOT IN (0, 1, 2, 3)", "has an unknown state"),
            ("given IS NOT NULL AND NOT json_valid(given)", "has malformed properties"),
            (
                "class IS NOT NULL AND class NOT IN (SELECT id FROM classes)",
                "names a class that does not exist"
            ),
            ("state < 2 AND local IS NULL", "was added, and names no image"),
        ] {
            let scan = try SQLiteStatement(
                "SELECT url FROM collected_urls WHERE \(condition) LIMIT \(limit)", on: snapshot.connection)
            while try scan.step() { add(.row, "the collected URL \(scan.text(0)) \(complaint)") }
        }
    }
}
