public import Base

extension Transaction {
    /// Erases entities of one class for good, whether they were deleted before or not: their rows,
    /// connections, current labels and entries in the label log with their reviews, the URLs that they came
    /// from, and texts that only these named. What stays is a tombstone without a digest. Where no entity is
    /// left that stands for the same content, no tombstone keeps its digest, whosever it is.
    ///
    /// Before it is gone from the disk ``Catalog/emptyLog(within:)`` must follow.
    /// - Returns: the blobs that no entity stands for any more: whose bytes, and whatever was derived from
    ///   them, are to be erased. The catalog has forgotten them.
    /// - Complexity: besides the entities, one pass over the tombstones and up to two over the label log.
    public func purge(_ ids: IdSet, of className: String, by who: String) throws(CatalogError) -> [BlobEntry]
    {
        try begin()
        guard let known = state.schema.entityClass(className) else { return [] }
        // What the log says of a video's clips and frames is to go as well.
        for part in try videoParts(of: ids, in: known) {
            _ = try purge(part.ids, of: part.members.name, by: who)
        }
        var digests: Set<SHA256Digest> = []
        try critical { () throws(CatalogError) in
            try delete(ids, of: known, by: who)
            let look = try connection.statement("SELECT sha256 FROM tombstones WHERE class = ? AND local = ?")
            let mark = try connection.statement(
                "UPDATE tombstones SET purged = 1, sha256 = NULL WHERE class = ? AND local = ?")
            try ids.forEach { (local) throws(CatalogError) in
                look.bind(Int64(known.id), at: 1)
                look.bind(Int64(local), at: 2)
                if try look.step(), let digest = SHA256Digest(bytes: look.blob(0)) { digests.insert(digest) }
                look.reset()
                mark.bind(Int64(known.id), at: 1)
                mark.bind(Int64(local), at: 2)
                try mark.run()
            }
            try eraseLog(of: ids, in: known)
            try forgetCollected(ids, of: known)
        }
        changes.classes[known.id, default: .init()].isPurged = true
        let forgotten = try forget(digests.sorted())
        try critical { () throws(CatalogError) in
            for digest in digests where try BlobRows.entry(digest, on: connection) != nil {
                digests.remove(digest)
            }
            try eraseDigests(digests)
        }
        return forgotten
    }

    // MARK: - Private

    /// Takes content that is gone out of the tombstones of all who stood for it.
    private func eraseDigests(_ digests: Set<SHA256Digest>) throws(CatalogError) {
        if digests.isEmpty { return }
        var bare: [(class: Int64, local: Int64)] = []
        let scan = try connection.statement(
            "SELECT class, local, sha256 FROM tombstones WHERE sha256 IS NOT NULL")
        while try scan.step() {
            if let digest = SHA256Digest(bytes: scan.blob(2)), digests.contains(digest) {
                bare.append((scan.integer(0), scan.integer(1)))
            }
        }
        scan.reset()
        let row = try connection.statement(
            "UPDATE tombstones SET sha256 = NULL WHERE class = ? AND local = ?")
        for tombstone in bare {
            row.bind(tombstone.class, at: 1)
            row.bind(tombstone.local, at: 2)
            try row.run()
        }
    }

    private func eraseLog(of ids: IdSet, in known: ClassSchema) throws(CatalogError) {
        var entries: [Int64] = []
        var texts: Set<Int64> = []
        let scan = try connection.statement(
            "SELECT id, target, name, source FROM label_log WHERE target_class = ?")
        scan.bind(Int64(known.id), at: 1)
        while try scan.step() {
            guard ids.contains(LocalID(truncatingIfNeeded: scan.integer(1))) else { continue }
            entries.append(scan.integer(0))
            if let name = scan.optionalInteger(2) { texts.insert(name) }
            texts.insert(scan.integer(3))
        }
        scan.reset()
        let row = try connection.statement("DELETE FROM label_log WHERE id = ?")
        for entry in entries {
            row.bind(entry, at: 1)
            try row.run()
        }
        try ReviewRows.erase(entries, on: connection)
        try eraseTexts(texts)
    }

    /// Erases those of `texts` that nothing names any more: the name of a label may say as much as a caption.
    private func eraseTexts(_ texts: Set<Int64>) throws(CatalogError) {
        var texts = texts
        for uses in [
            "SELECT source, NULL FROM runs", "SELECT source, NULL FROM examined",
            "SELECT source, name FROM label_log",
        ] {
            let scan = try connection.statement(uses)
            while !texts.isEmpty, try scan.step() {
                texts.remove(scan.integer(0))
                if let name = scan.optionalInteger(1) { texts.remove(name) }
            }
            scan.reset()
        }
        if texts.isEmpty { return }
        let row = try connection.statement("DELETE FROM texts WHERE id = ?")
        for text in texts {
            row.bind(text, at: 1)
            try row.run()
        }
        freshTexts = [:]
        caches.forgetTexts()
    }
}
