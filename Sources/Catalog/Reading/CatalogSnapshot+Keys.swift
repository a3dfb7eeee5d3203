public import Base

extension CatalogSnapshot {
    /// Calls `body` with the id and the key of each entity of a class that is among `ids`, in their order.
    ///
    /// Few are looked up; for many the whole table is read through, at some 0.3 µs a row.
    public func forEachKey(
        of known: ClassSchema, _ ids: IdSet, _ body: (LocalID, EntityKey) throws -> Void
    ) throws {
        try check()
        guard known.kind == .entity else { return }
        if ids.count <= 20_000 {
            let row = try connection.statement("SELECT id, key FROM \(known.table) WHERE id = ?")
            for (index, id) in ids.ids.enumerated() {
                if index & 0xFFF == 0xFFF { try check() }
                row.bind(Int64(id), at: 1)
                try row.forEachRow { try hand(row, to: body) }
            }
            return
        }
        let scan = try connection.statement("SELECT id, key FROM \(known.table) NOT INDEXED ORDER BY id")
        var seen = 0
        try scan.forEachRow {
            seen += 1
            if seen & 0xFFFF == 0 { try check() }
            if ids.contains(LocalID(truncatingIfNeeded: scan.integer(0))) { try hand(scan, to: body) }
        }
    }

    private func hand(_ row: SQLiteStatement, to body: (LocalID, EntityKey) throws -> Void) throws {
        guard let key = EntityKey(bytes: Array(row.bytes(1))) else {
            throw CatalogError(.corrupt, "an entity has a key of another length than 12 bytes")
        }
        try body(LocalID(truncatingIfNeeded: row.integer(0)), key)
    }
}
