public import Base

extension CatalogSnapshot {
    /// Where the bytes of `digest` are; `nil` where the catalog does not know them.
    public func blob(_ digest: SHA256Digest) throws(CatalogError) -> BlobEntry? {
        try check()
        return try BlobRows.entry(digest, on: connection)?.entry
    }

    /// The blob of `digest`, if an entity stands for it.
    public func referencedBlob(_ digest: SHA256Digest) throws(CatalogError) -> BlobEntry? {
        try check()
        guard let (id, entry) = try BlobRows.entry(digest, on: connection),
            try BlobRows.isReferenced(id, schema, on: connection)
        else { return nil }
        return entry
    }

    /// Where the bytes of an entity are; `nil` where it has none, or does not exist.
    public func blob(of id: EntityID) throws(CatalogError) -> BlobEntry? {
        try check()
        guard let known = schema.entityClass(of: id), known.kind == .entity else { return nil }
        let row = try connection.statement(
            """
            SELECT \(BlobRows.columns) FROM \(known.table) e JOIN blobs b ON b.id = e.blob WHERE e.id = ?
            """)
        defer { row.reset() }
        row.bind(Int64(id.local), at: 1)
        return try row.step() ? try BlobRows.entry(in: row, at: 0) : nil
    }

    /// Calls `body` with every blob that the catalog knows, in the order in which they came, and whether an
    /// entity stands for it: those that none stands for may go.
    public func forEachBlob(
        _ body: (_ blob: BlobEntry, _ isReferenced: Bool) throws(CatalogError) -> Void
    ) throws(CatalogError) {
        try check()
        let scan = try connection.statement(
            "SELECT \(BlobRows.columns), \(BlobRows.referenceCondition(schema)) FROM blobs b ORDER BY b.id")
        defer { scan.reset() }
        while try scan.step() {
            try body(try BlobRows.entry(in: scan, at: 0), scan.integer(6) != 0)
        }
    }

    /// What is left of a deleted entity; `nil` where it is alive or never was.
    public func tombstone(of id: EntityID) throws(CatalogError) -> Tombstone? {
        try check()
        guard let known = schema.entityClass(of: id) else { return nil }
        let row = try connection.statement(
            """
            SELECT local, sha256, commit_seq, who, time, purged FROM tombstones WHERE class = ? AND local = ?
            """)
        defer { row.reset() }
        row.bind(Int64(known.id), at: 1)
        row.bind(Int64(id.local), at: 2)
        guard try row.step() else { return nil }
        return Tombstone(
            id: id, digest: row.isNull(1) ? nil : SHA256Digest(bytes: row.blob(1)),
            commit: UInt64(clamping: row.integer(2)), who: row.text(3),
            time: DateTime(microseconds: row.integer(4)), isPurged: row.integer(5) != 0)
    }

    /// Checks that everything the tables say of each other is true, that the current labels are the fold of
    /// the log, and that memory columns and postings say what the tables say. Reads all of the store but free
    /// pages: for those, and to have damaged pages named one by one, see ``Catalog/damagedPages(_:)``.
    /// - Parameter hasDamagedPages: whether pages are known to be damaged; what can be read without them is
    ///   checked.
    /// - Returns: what is wrong, at most `limit` of it; nothing where all is well.
    public func verify(limit: Int = 100, hasDamagedPages: Bool = false) throws -> [CatalogFinding] {
        try check()
        var verification = Verification(self, limit: limit, hasDamagedPages: hasDamagedPages)
        try verification.run()
        return verification.findings
    }

    /// Copies this commit of the catalog into a new file, while others write.
    /// - Parameter progress: told the pages copied and the pages in all.
    public func backUp(to path: String, progress: (Int, Int) -> Void = { _, _ in }) throws(CatalogError) {
        try check()
        try connection.backUp(to: path, cancellation: cancellation, progress: progress)
    }
}
