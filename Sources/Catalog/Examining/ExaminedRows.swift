import Base

/// The table of what has looked at which entities.
enum ExaminedRows {
    /// Every new store has it; older ones get it with format 5.
    ///
    /// Clustered by source: what one source has looked at is one range, in the order in which postings are
    /// built.
    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            """
            CREATE TABLE examined(
                source INTEGER NOT NULL, class INTEGER NOT NULL, local INTEGER NOT NULL, run INTEGER,
                labels INTEGER NOT NULL, error TEXT, time INTEGER NOT NULL,
                PRIMARY KEY(source, class, local)) WITHOUT ROWID
            """)
    }

    /// The name of the one number that stands in postings: 1 where the source could not look, otherwise 0.
    static let failed = "failed"

    /// The numbers of all sources that have looked at anything: a step of the B-tree each.
    static func sources(on connection: SQLiteConnection) throws(CatalogError) -> [Int64] {
        let next = try connection.statement("SELECT min(source) FROM examined WHERE source > ?")
        defer { next.reset() }
        var sources: [Int64] = []
        while true {
            next.bind(sources.last ?? -1, at: 1)
            guard try next.step(), let source = next.optionalInteger(0) else { return sources }
            sources.append(source)
            next.reset()
        }
    }

    /// Whether a source could not look at an entity; `nil` where it has not tried.
    static func isFailed(
        _ source: Int64, _ classID: UInt32, _ local: LocalID, on connection: SQLiteConnection
    ) throws(CatalogError) -> Bool? {
        let row = try connection.statement(
            "SELECT error IS NOT NULL FROM examined WHERE source = ? AND class = ? AND local = ?")
        defer { row.reset() }
        row.bind(source, at: 1)
        row.bind(Int64(classID), at: 2)
        row.bind(Int64(local), at: 3)
        return try row.step() ? row.integer(0) != 0 : nil
    }
}

/// A row of the table that came, went or changed.
struct ExaminationChange: Sendable {
    var source: Int64
    var classID: UInt32
    var local: LocalID
    /// Whether the source could not look, as the row said before; `nil` where there was none.
    var before: Bool?
    /// The same for after; `nil` where there is none any more.
    var after: Bool?
}
