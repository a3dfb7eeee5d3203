import Base

/// The table `blobs`.
enum BlobRows {
    static let columns = "b.sha256, b.kind, b.pack, b.byte_offset, b.byte_length, b.reference"

    static func entry(
        _ digest: SHA256Digest, on connection: SQLiteConnection
    ) throws(CatalogError) -> (id: Int64, entry: BlobEntry)? {
        let row = try connection.statement("SELECT \(columns), b.id FROM blobs b WHERE sha256 = ?")
        defer { row.reset() }
        row.bind(digest.bytes, at: 1)
        guard try row.step() else { return nil }
        return (row.integer(6), try entry(in: row, at: 0))
    }

    /// Reads ``columns`` of the current row, the first of which is `first`.
    static func entry(in row: SQLiteStatement, at first: Int) throws(CatalogError) -> BlobEntry {
        guard let digest = SHA256Digest(bytes: row.blob(first)) else {
            throw CatalogError(.corrupt, "a blob in the store has a digest of \(row.blob(first).count) bytes")
        }
        return BlobEntry(
            digest: digest,
            place: BlobPlace(
                kind: row.integer(first + 1), pack: row.integer(first + 2), offset: row.integer(first + 3),
                length: row.integer(first + 4), reference: row.optionalBytes(first + 5)))
    }

    static func bind(_ place: BlobPlace, to statement: SQLiteStatement, from first: Int) {
        statement.bind(place.kind, at: first)
        statement.bind(place.pack, at: first + 1)
        statement.bind(place.offset, at: first + 2)
        statement.bind(place.length, at: first + 3)
        statement.bind(place.reference, at: first + 4)
    }

    static func isReferenced(
        _ id: Int64, _ schema: CatalogSchema, on connection: SQLiteConnection
    ) throws(CatalogError) -> Bool {
        for known in schema.entityClasses {
            let row = try connection.statement("SELECT 1 FROM \(known.table) WHERE blob = ? LIMIT 1")
            defer { row.reset() }
            row.bind(id, at: 1)
            if try row.step() { return true }
        }
        return false
    }

    /// `EXISTS (…) OR …`: whether an entity of any class stands for the blob `b`.
    static func referenceCondition(_ schema: CatalogSchema) -> String {
        let conditions = schema.entityClasses.map { "EXISTS (SELECT 1 FROM \($0.table) WHERE blob = b.id)" }
        return conditions.isEmpty ? "0" : conditions.joined(separator: " OR ")
    }
}
