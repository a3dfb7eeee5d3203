import Base

/// The tables `reviews` and `honeypots`.
enum ReviewRows {
    /// The step from format 4 to format 5 makes them, and so does every new store.
    ///
    /// Clustered by label: the answers about one lie together, and no second index is needed.
    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE reviews(
                label INTEGER NOT NULL, number INTEGER NOT NULL, reviewer TEXT NOT NULL,
                answer INTEGER NOT NULL, successor INTEGER, note TEXT, time INTEGER NOT NULL,
                PRIMARY KEY(label, number)) WITHOUT ROWID;
            CREATE TABLE honeypots(label INTEGER PRIMARY KEY, is_right INTEGER NOT NULL)
            """)
    }

    private static let columns = "label, reviewer, answer, successor, note, time"

    static func insert(_ review: Review, on connection: SQLiteConnection) throws(CatalogError) {
        let row = try connection.statement(
            """
            INSERT INTO reviews(\(columns), number)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, (SELECT ifnull(max(number), 0) + 1 FROM reviews WHERE label = ?1))
            """)
        row.bind(review.label, at: 1)
        row.bind(review.reviewer, at: 2)
        row.bind(review.answer.rawValue, at: 3)
        row.bind(review.successor, at: 4)
        row.bind(review.note, at: 5)
        row.bind(review.time.microseconds, at: 6)
        try row.run()
    }

    /// The answers about a label, oldest first.
    static func reviews(of label: LabelID, on connection: SQLiteConnection) throws(CatalogError) -> [Review] {
        let row = try connection.statement(
            "SELECT \(columns) FROM reviews WHERE label = ? ORDER BY number")
        defer { row.reset() }
        row.bind(label, at: 1)
        var reviews: [Review] = []
        while try row.step() { reviews.append(try review(in: row)) }
        return reviews
    }

    /// Calls `body` with the answers about each label that there are any of, by the number of the label.
    static func forEach(
        on connection: SQLiteConnection, _ body: ([Review]) throws -> Void
    ) throws {
        let scan = try connection.statement("SELECT \(columns) FROM reviews ORDER BY label, number")
        defer { scan.reset() }
        var group: [Review] = []
        while try scan.step() {
            let next = try review(in: scan)
            if let first = group.first, first.label != next.label {
                try body(group)
                group.removeAll(keepingCapacity: true)
            }
            group.append(next)
        }
        if !group.isEmpty { try body(group) }
    }

    static func setHoneypot(
        _ label: LabelID, isRight: Bool?, on connection: SQLiteConnection
    ) throws(CatalogError) {
        let row = try connection.statement(
            isRight == nil
                ? "DELETE FROM honeypots WHERE label = ?"
                : "INSERT OR REPLACE INTO honeypots(label, is_right) VALUES(?, ?)")
        row.bind(label, at: 1)
        if let isRight { row.bind(Int64(isRight ? 1 : 0), at: 2) }
        try row.run()
    }

    static func honeypot(_ label: LabelID, on connection: SQLiteConnection) throws(CatalogError) -> Honeypot?
    {
        let row = try connection.statement("SELECT is_right FROM honeypots WHERE label = ?")
        defer { row.reset() }
        row.bind(label, at: 1)
        return try row.step() ? Honeypot(label, isRight: row.integer(0) != 0) : nil
    }

    static func honeypots(on connection: SQLiteConnection) throws(CatalogError) -> [Honeypot] {
        let scan = try connection.statement("SELECT label, is_right FROM honeypots ORDER BY label")
        defer { scan.reset() }
        var honeypots: [Honeypot] = []
        while try scan.step() {
            honeypots.append(Honeypot(scan.integer(0), isRight: scan.integer(1) != 0))
        }
        return honeypots
    }

    /// Forgets all that was answered about labels, and that they are honeypots.
    static func erase(_ labels: [LabelID], on connection: SQLiteConnection) throws(CatalogError) {
        for table in ["reviews", "honeypots"] {
            let row = try connection.statement("DELETE FROM \(table) WHERE label = ?")
            for label in labels {
                row.bind(label, at: 1)
                try row.run()
            }
        }
    }

    private static func review(in row: SQLiteStatement) throws(CatalogError) -> Review {
        guard let answer = ReviewAnswer(rawValue: row.integer(2)) else {
            throw CatalogError(
                .corrupt, "a review of label \(row.integer(0)) has the unknown answer \(row.integer(2))")
        }
        return Review(
            row.integer(0), by: row.text(1), answer, successor: row.optionalInteger(3),
            note: row.optionalText(4), at: DateTime(microseconds: row.integer(5)))
    }
}

extension CatalogSnapshot {
    /// The answers about a label, oldest first.
    public func reviews(of label: LabelID) throws(CatalogError) -> [Review] {
        try check()
        return try ReviewRows.reviews(of: label, on: connection)
    }

    /// Calls `body` with the answers about each label that there are any of, by the number of the label.
    public func forEachReviewedLabel(_ body: ([Review]) throws -> Void) throws {
        try check()
        try ReviewRows.forEach(on: connection, body)
    }

    /// All honeypots, by the number of the label.
    public func honeypots() throws(CatalogError) -> [Honeypot] {
        try check()
        return try ReviewRows.honeypots(on: connection)
    }

    /// How many labels hold.
    public func labelCount() throws(CatalogError) -> Int {
        try check()
        return Int(try connection.integer("SELECT count(*) FROM labels") ?? 0)
    }

    /// The label that an entry of the log made, whether it holds or not; `nil` where there is none.
    public func loggedLabel(_ id: LabelID) throws(CatalogError) -> Label? {
        try check()
        return try LabelReader(connection: connection).loggedLabel(id, schema)
    }
}

extension Transaction {
    /// Appends an answer about a label.
    /// - Throws: ``CatalogError/Code/limitExceeded`` where its note is too long.
    public func addReview(_ review: Review) throws(CatalogError) {
        try begin()
        if let note = review.note, note.utf8.count > ReviewRows.noteLimit {
            throw CatalogError(
                .limitExceeded, "a note has \(note.utf8.count) bytes, the limit is \(ReviewRows.noteLimit)")
        }
        try ReviewRows.insert(review, on: connection)
    }

    /// The answers about a label, oldest first.
    public func reviews(of label: LabelID) throws(CatalogError) -> [Review] {
        try begin()
        return try ReviewRows.reviews(of: label, on: connection)
    }

    /// Says of a label whether it is known to be right, or wrong; `nil` takes that back.
    /// - Throws: ``CatalogError/Code/notFound`` where there never was such a label.
    public func setHoneypot(_ label: LabelID, isRight: Bool?) throws(CatalogError) {
        try begin()
        guard try loggedLabel(label) != nil else {
            throw CatalogError(.notFound, "there never was a label \(label)")
        }
        try ReviewRows.setHoneypot(label, isRight: isRight, on: connection)
    }

    /// Whether it is known of a label that it is right; `nil` for one that is no honeypot.
    public func honeypot(_ label: LabelID) throws(CatalogError) -> Honeypot? {
        try begin()
        return try ReviewRows.honeypot(label, on: connection)
    }

    /// The label that an entry of the log made, whether it holds or not; `nil` where there is none.
    public func loggedLabel(_ id: LabelID) throws(CatalogError) -> Label? {
        try LabelReader(connection: connection).loggedLabel(id, state.schema)
    }
}

extension ReviewRows {
    /// Bytes of a note.
    static let noteLimit = 4_096
}

extension Verification {
    /// Checks the tables of reviews.
    mutating func checkReviews() throws(CatalogError) {
        for (condition, complaint) in [
            ("answer NOT IN (0, 1, 2)", "has an unknown answer"),
            ("reviewer = ''", "is by nobody"),
            ("answer <> 2 AND successor IS NOT NULL", "is no correction, and names a label in its place"),
            (
                "label NOT IN (SELECT id FROM label_log WHERE operation = 0)",
                "is of a label that there never was"
            ),
            (
                "successor IS NOT NULL AND successor NOT IN (SELECT id FROM label_log WHERE operation = 0)",
                "names a label in its place that there never was"
            ),
        ] {
            let scan = try SQLiteStatement(
                "SELECT label, number FROM reviews WHERE \(condition) LIMIT \(limit)", on: snapshot.connection
            )
            while try scan.step() {
                add(.row, "review \(scan.integer(1)) of label \(scan.integer(0)) \(complaint)")
            }
        }
        let scan = try SQLiteStatement(
            """
            SELECT label, is_right FROM honeypots
            WHERE is_right NOT IN (0, 1) OR label NOT IN (SELECT id FROM label_log WHERE operation = 0)
            LIMIT \(limit)
            """, on: snapshot.connection)
        while try scan.step() {
            add(
                .row,
                "the honeypot \(scan.integer(0)) \((0...1).contains(scan.integer(1)) ? "is no label" : "is neither right nor wrong")"
            )
        }
    }
}
