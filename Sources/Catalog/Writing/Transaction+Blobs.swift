public import Base

extension Transaction {
    /// The blob of `digest`, if an entity stands for it: collection leaves it alone then.
    public func referencedBlob(_ digest: SHA256Digest) throws(CatalogError) -> BlobEntry? {
        guard let (id, entry) = try BlobRows.entry(digest, on: connection),
            try BlobRows.isReferenced(id, state.schema, on: connection)
        else { return nil }
        return entry
    }

    /// Where the bytes of `digest` are; `nil` where the catalog does not know them.
    public func blob(_ digest: SHA256Digest) throws(CatalogError) -> BlobEntry? {
        try BlobRows.entry(digest, on: connection)?.entry
    }

    /// Writes the new places of blobs that were moved, as compaction does. A blob that is no longer where the
    /// caller thinks is left alone.
    /// - Returns: how many were written.
    @discardableResult
    public func relocate(
        _ moves: [(digest: SHA256Digest, from: BlobPlace, to: BlobPlace)]
    ) throws(CatalogError) -> Int {
        try begin()
        var count = 0
        let statement = try connection.statement(
            """
            UPDATE blobs SET kind = ?1, pack = ?2, byte_offset = ?3, byte_length = ?4, reference = ?5
            WHERE sha256 = ?6 AND kind = ?7 AND pack = ?8 AND byte_offset = ?9 AND byte_length = ?10
                AND reference IS ?11
            """)
        for move in moves {
            BlobRows.bind(move.to, to: statement, from: 1)
            statement.bind(move.digest.bytes, at: 6)
            BlobRows.bind(move.from, to: statement, from: 7)
            try statement.run()
            count += connection.changeCount
        }
        return count
    }

    /// Forgets blobs that no entity stands for.
    /// - Returns: those that were forgotten: whose bytes may go. One that an entity has come to use meanwhile
    ///   is not among them.
    public func forget(_ digests: [SHA256Digest]) throws(CatalogError) -> [BlobEntry] {
        try begin()
        var forgotten: [BlobEntry] = []
        for digest in digests {
            guard let (id, entry) = try BlobRows.entry(digest, on: connection),
                try !BlobRows.isReferenced(id, schema, on: connection)
            else { continue }
            let statement = try connection.statement("DELETE FROM blobs WHERE id = ?")
            statement.bind(id, at: 1)
            try statement.run()
            forgotten.append(entry)
        }
        return forgotten
    }

    /// The row number of a blob, made if it is new. Where the blob is known its place stays as it is.
    func blobID(of blob: BlobEntry) throws(CatalogError) -> Int64 {
        if let (id, _) = try BlobRows.entry(blob.digest, on: connection) { return id }
        let statement = try connection.statement(
            """
            INSERT INTO blobs(id, sha256, kind, pack, byte_offset, byte_length, reference)
            VALUES(?, ?, ?, ?, ?, ?, ?)
            """)
        let id = state.next.blob
        statement.bind(id, at: 1)
        statement.bind(blob.digest.bytes, at: 2)
        BlobRows.bind(blob.place, to: statement, from: 3)
        try statement.run()
        state.next.blob += 1
        return id
    }
}
