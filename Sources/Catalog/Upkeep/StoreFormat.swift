import Base

/// The format of `catalog.sqlite`: its tables, its number, and the way from older numbers to it.
///
/// Format 2 has the tables of format 1, and a checksum on every page (``PageChecksum``). Format 3 adds
/// users and roles (``AccessStorage``), and regions: entities that stand for boxes and polygons of the
/// label log. Format 4 adds what became of URLs (``CollectedURLRows``). Format 5 adds what has looked at
/// which entities (``ExaminedRows``), jobs (``JobRows``), rules (``RuleRows``), reviews of labels
/// (``ReviewRows``), label classes (``LabelClassRows``) and keys (``APIKeyRows``).
enum StoreFormat {
    /// The format that this program writes.
    static let current = 5

    /// One step from a format to the next.
    struct Migration: Sendable {
        /// The format it starts from; it ends at the next.
        var from: Int
        var apply: @Sendable (SQLiteConnection) throws -> Void
    }

    /// All steps within the file, in order. The step from format 1 to 2 makes a new file instead
    /// (``PageChecksumMigration``), and comes before these.
    static let migrations = [
        Migration(from: 2) { connection in
            try AccessStorage.createTables(connection)
            try RegionRows.createTable(on: connection)
        },
        Migration(from: 3) { connection in try CollectedURLRows.createTable(on: connection) },
        Migration(from: 4) { connection in
            try ExaminedRows.createTable(on: connection)
            try JobRows.createTable(on: connection)
            try RuleRows.createTable(on: connection)
            try ReviewRows.createTable(on: connection)
            try LabelClassRows.createTables(on: connection)
            try APIKeyRows.createTable(on: connection)
        },
    ]

    /// Makes the tables of a new store.
    static func create(on connection: SQLiteConnection) throws(CatalogError) {
        // Written into the header (https://sqlite.org/pragma.html#pragma_application_id): "Fvea".
        try connection.execute("PRAGMA application_id = \(0x4676_6561)")
        try connection.execute("BEGIN IMMEDIATE")
        try connection.execute(tables)
        try RegionRows.createTable(on: connection)
        try AccessStorage.createTables(connection)
        try CollectedURLRows.createTable(on: connection)
        try ExaminedRows.createTable(on: connection)
        try JobRows.createTable(on: connection)
        try RuleRows.createTable(on: connection)
        try ReviewRows.createTable(on: connection)
        try LabelClassRows.createTables(on: connection)
        try APIKeyRows.createTable(on: connection)
        try setMeta("format", Int64(current), on: connection)
        try setMeta("commit_seq", 0, on: connection)
        let identity = try connection.statement("INSERT INTO meta(k, v) VALUES('store', ?)")
        identity.bind(EntityKey(at: DateTime.now()).bytes, at: 1)
        try identity.run()
        try connection.execute("COMMIT")
    }

    /// The format of the store that `connection` has opened.
    /// - Throws: ``CatalogError/Code/corrupt`` where the file is no catalog.
    static func version(of connection: SQLiteConnection) throws(CatalogError) -> Int {
        guard try connection.integer("SELECT count(*) FROM sqlite_master WHERE name = 'meta'") == 1,
            let version = try meta("format", on: connection)
        else { throw CatalogError(.corrupt, "the file is a SQLite database, but no catalog") }
        return Int(version)
    }

    /// Brings an older store to the current format, each step in a transaction of its own.
    /// - Throws: ``CatalogError/Code/newerFormat``, before anything is touched, for a format we do not know.
    static func migrate(
        _ connection: SQLiteConnection, access: CatalogAccess, current: Int = StoreFormat.current,
        migrations: [Migration] = StoreFormat.migrations
    ) throws {
        var version = try version(of: connection)
        guard version <= current else {
            throw CatalogError(
                .newerFormat,
                "the store has format \(version), this program knows formats up to \(current); use a newer fovea"
            )
        }
        // The header of the file says whether pages carry checksums. Where its own bit has turned, no page is
        // checked, and so nothing is believed.
        if version >= 2, connection.reservedBytes != PageChecksum.byteCount {
            throw CatalogError(
                .corrupt,
                "\(connection.path) is damaged: its header says that pages carry no checksums, but the store has format \(version)"
            )
        }
        while version < current {
            guard access == .readWrite else {
                throw CatalogError(
                    .needsMigration,
                    "the store has format \(version), this program reads \(current); open it once for writing"
                )
            }
            guard let step = migrations.first(where: { $0.from == version }) else {
                throw CatalogError(.newerFormat, "no way leads from format \(version) to \(current)")
            }
            try connection.execute("BEGIN IMMEDIATE")
            do {
                try step.apply(connection)
                try setMeta("format", Int64(version + 1), on: connection)
                try connection.execute("COMMIT")
            } catch {
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
            version += 1
        }
    }

    // MARK: - The table `meta`

    static func meta(_ key: String, on connection: SQLiteConnection) throws(CatalogError) -> Int64? {
        let row = try connection.statement("SELECT v FROM meta WHERE k = ?")
        defer { row.reset() }
        row.bind(key, at: 1)
        return try row.step() ? row.integer(0) : nil
    }

    static func metaBytes(_ key: String, on connection: SQLiteConnection) throws(CatalogError) -> [UInt8]? {
        let row = try connection.statement("SELECT v FROM meta WHERE k = ?")
        defer { row.reset() }
        row.bind(key, at: 1)
        return try row.step() ? row.bytes(0) : nil
    }

    static func setMeta(_ key: String, _ value: Int64, on connection: SQLiteConnection) throws(CatalogError) {
        let row = try connection.statement("INSERT OR REPLACE INTO meta(k, v) VALUES(?, ?)")
        row.bind(key, at: 1)
        row.bind(value, at: 2)
        try row.run()
    }

    // MARK: - Private

    /// The tables that every store has. Those of the classes are made as the classes come (`SchemaStorage`).
    ///
    /// No table has an index beyond what identity needs: what is filtered on has a memory column. `labels` is
    /// the fold of `label_log`, clustered by target; both name label classes and sources by their number in
    /// `texts`.
    private static let tables = """
        CREATE TABLE meta(k TEXT PRIMARY KEY, v) WITHOUT ROWID;
        CREATE TABLE classes(
            id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL,
            next_local INTEGER NOT NULL, row_count INTEGER NOT NULL, UNIQUE(kind, name));
        CREATE TABLE properties(
            id INTEGER PRIMARY KEY, class INTEGER NOT NULL, name TEXT NOT NULL, is_unique INTEGER NOT NULL,
            UNIQUE(class, name));
        CREATE TABLE property_types(
            property INTEGER NOT NULL, type TEXT NOT NULL, in_side_table INTEGER NOT NULL,
            PRIMARY KEY(property, type)) WITHOUT ROWID;
        CREATE TABLE connection_ends(
            class INTEGER NOT NULL, src_class INTEGER NOT NULL, dst_class INTEGER NOT NULL,
            PRIMARY KEY(class, src_class, dst_class)) WITHOUT ROWID;
        CREATE TABLE texts(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE blobs(
            id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL, pack INTEGER NOT NULL,
            byte_offset INTEGER NOT NULL, byte_length INTEGER NOT NULL, reference BLOB);
        CREATE TABLE details(
            class INTEGER NOT NULL, local INTEGER NOT NULL, content TEXT NOT NULL,
            PRIMARY KEY(class, local)) WITHOUT ROWID;
        CREATE TABLE tombstones(
            class INTEGER NOT NULL, local INTEGER NOT NULL, sha256 BLOB, commit_seq INTEGER NOT NULL,
            who TEXT NOT NULL, time INTEGER NOT NULL, purged INTEGER NOT NULL,
            PRIMARY KEY(class, local)) WITHOUT ROWID;
        CREATE TABLE runs(
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, source INTEGER NOT NULL, started INTEGER NOT NULL,
            finished INTEGER, reverted INTEGER, parameters TEXT NOT NULL);
        CREATE TABLE label_log(
            id INTEGER PRIMARY KEY, commit_seq INTEGER NOT NULL, operation INTEGER NOT NULL,
            target_class INTEGER, target INTEGER, kind INTEGER, name INTEGER, geometry, confidence REAL,
            source INTEGER NOT NULL, run INTEGER, time INTEGER NOT NULL, parent INTEGER);
        CREATE TABLE labels(
            target_class INTEGER NOT NULL, target INTEGER NOT NULL, id INTEGER NOT NULL, kind INTEGER NOT NULL,
            name INTEGER, geometry, confidence REAL, source INTEGER NOT NULL, run INTEGER,
            time INTEGER NOT NULL, parent INTEGER, PRIMARY KEY(target_class, target, id)) WITHOUT ROWID;
        """
}
