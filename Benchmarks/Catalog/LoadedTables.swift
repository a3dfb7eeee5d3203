/// The collection in PostgreSQL: two logged tables, filled by COPY from files in its binary format, which it
/// reads quicker than text.
struct LoadedTables {
    let connection: PostgresConnection
    let files: CopyFiles

    static let create = """
        SET client_min_messages = warning;
        DROP TABLE IF EXISTS images, tagged;
        CREATE TABLE images(id int4 PRIMARY KEY, path text, owner text, camera text, country text, license text,
            width int4, height int4, bytes int8, captured_at timestamptz, lat float8, lon float8, quality float8);
        CREATE TABLE tagged(src int4 NOT NULL, dst int4 NOT NULL, prob float8 NOT NULL);
        """

    /// What answers the queries quickest: one B-tree a condition, and of the tags both directions, covering.
    static let indexes =
        [
            "owner", "camera", "country", "license", "width", "height", "bytes", "captured_at", "lat, lon",
            "quality",
        ].map { "CREATE INDEX ON images(\($0))" } + [
            "CREATE INDEX ON tagged(dst, src) INCLUDE (prob)",
            "CREATE INDEX ON tagged(src, dst) INCLUDE (prob)",
        ]

    func copyImages() throws { try connection.run("COPY images FROM '\(files.images)' (FORMAT binary)") }

    func copyTags() throws { try connection.run("COPY tagged FROM '\(files.tags)' (FORMAT binary)") }

    /// The indexes, and what the planner and index-only scans need.
    func buildIndexes() throws {
        for index in LoadedTables.indexes { try connection.run(index) }
        try connection.run("VACUUM ANALYZE images")
        try connection.run("VACUUM ANALYZE tagged")
    }
}
