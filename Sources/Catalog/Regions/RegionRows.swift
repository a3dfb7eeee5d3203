import Base

/// The table `regions`: which entity stands for which current label.
enum RegionRows {
    /// A region's entity.
    struct Row {
        var classID: UInt32
        var local: LocalID
    }

    static func createTable(on connection: SQLiteConnection) throws(CatalogError) {
        try connection.execute(
            "CREATE TABLE regions(label INTEGER PRIMARY KEY, class INTEGER NOT NULL, local INTEGER NOT NULL)")
    }

    static func insert(
        _ row: Row, standingFor label: LabelID, on connection: SQLiteConnection
    ) throws(CatalogError) {
        let statement = try connection.statement("INSERT INTO regions(label, class, local) VALUES(?, ?, ?)")
        statement.bind(label, at: 1)
        statement.bind(Int64(row.classID), at: 2)
        statement.bind(Int64(row.local), at: 3)
        try statement.run()
    }

    static func row(standingFor label: LabelID, on connection: SQLiteConnection) throws(CatalogError) -> Row?
    {
        let statement = try connection.statement("SELECT class, local FROM regions WHERE label = ?")
        defer { statement.reset() }
        statement.bind(label, at: 1)
        guard try statement.step() else { return nil }
        return Row(
            classID: UInt32(truncatingIfNeeded: statement.integer(0)),
            local: LocalID(truncatingIfNeeded: statement.integer(1)))
    }

    static func delete(standingFor label: LabelID, on connection: SQLiteConnection) throws(CatalogError) {
        let statement = try connection.statement("DELETE FROM regions WHERE label = ?")
        statement.bind(label, at: 1)
        try statement.run()
    }
}
