public import Base

extension Transaction {
    /// Deletes an entity, with its connections, its details and its current labels. A tombstone stays behind,
    /// and its entries in the label log.
    /// - Returns: `false` where there is no such entity.
    @discardableResult
    public func delete(_ id: EntityID, by who: String) throws(CatalogError) -> Bool {
        try begin()
        guard let known = state.schema.entityClass(of: id), known.kind == .entity else { return false }
        return try delete([id.local], of: known, by: who) == 1
    }

    /// Deletes entities of one class, as ``delete(_:by:)-(EntityID,_)`` does. Quicker than one by one:
    /// connections that lead to them are found in one pass.
    /// - Returns: how many there were.
    @discardableResult
    public func delete(_ ids: IdSet, of className: String, by who: String) throws(CatalogError) -> Int {
        try begin()
        guard let known = state.schema.entityClass(className) else { return 0 }
        return try delete(ids, of: known, by: who)
    }

    /// Erases entities of one class for good, whether they were deleted before or not: their rows,
    /// connections, current labels and entries in the label log. What stays is a tombstone without a digest.
    /// - Returns: the blobs that no entity stands for any more: whose bytes, and whatever was derived from
    ///   them, are to be erased. The catalog has forgotten them.
    public func purge(_ ids: IdSet, of className: String, by who: String) throws(CatalogError) -> [BlobEntry]
    {
        try begin()
        guard let known = state.schema.entityClass(className) else { return [] }
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
        }
        changes.classes[known.id, default: .init()].isPurged = true
        return try forget(digests.sorted())
    }

    // MARK: - Private

    /// Up to so many deleted entities have their connections looked up one by one; for more, all connections
    /// are looked at once.
    private static let fewDeletions = 8

    @discardableResult
    private func delete(_ ids: IdSet, of known: ClassSchema, by who: String) throws(CatalogError) -> Int {
        var found: [(local: LocalID, blob: Int64?)] = []
        let look = try connection.statement("SELECT blob FROM \(known.table) WHERE id = ?")
        try ids.forEach { (local) throws(CatalogError) in
            look.bind(Int64(local), at: 1)
            if try look.step() { found.append((local, look.optionalInteger(0))) }
            look.reset()
        }
        if found.isEmpty { return 0 }
        try critical { () throws(CatalogError) in
            try removeConnections(of: IdSet(sorted: found.map(\.local)), in: known)
            let row = try connection.statement("DELETE FROM \(known.table) WHERE id = ?")
            let tombstone = try connection.statement(
                """
                INSERT INTO tombstones(class, local, sha256, commit_seq, who, time, purged)
                VALUES(?1, ?2, (SELECT sha256 FROM blobs WHERE id = ?3), ?4, ?5, ?6, 0)
                """)
            for (local, blob) in found {
                tombstone.bind(Int64(known.id), at: 1)
                tombstone.bind(Int64(local), at: 2)
                tombstone.bind(blob, at: 3)
                tombstone.bind(Int64(commit), at: 4)
                tombstone.bind(who, at: 5)
                tombstone.bind(time.microseconds, at: 6)
                try tombstone.run()
                row.bind(Int64(local), at: 1)
                try row.run()
                for property in known.properties where !property.sideTypes.isEmpty {
                    try deleteSide(property, at: Int64(local), in: known)
                }
                try dropLabels(of: known.entityID(local))
                try dropDetails(of: local, in: known)
            }
        }
        state.counters[known.id]?.count -= Int64(found.count)
        changes.classes[known.id, default: .init()].deleted.formUnion(found.map(\.local))
        return found.count
    }

    private func removeConnections(of ids: IdSet, in known: ClassSchema) throws(CatalogError) {
        for schema in state.schema.connectionClasses {
            let isTarget = schema.ends.contains { $0.target == known.id }
            guard isTarget || schema.ends.contains(where: { $0.source == known.id }) else { continue }
            var rows: [ConnectionRow] = []
            if isTarget, ids.count > Transaction.fewDeletions {
                rows = try ConnectionRows.rows(of: schema, touching: ids, of: known.id, on: connection)
            } else {
                for local in ids.ids {
                    let id = known.entityID(local)
                    rows += try ConnectionRows.rows(of: schema, from: id, on: connection)
                    guard isTarget else { continue }
                    // One that joins the entity with itself is among the first already.
                    rows += try ConnectionRows.rows(of: schema, to: id, version, on: connection).filter {
                        $0.source != local || $0.sourceClass != known.id
                    }
                }
            }
            // One that joins two of the entities was found from both its ends.
            var seen: Set<LocalID> = []
            rows = rows.filter { seen.insert($0.id).inserted }
            if !rows.isEmpty { try remove(rows, from: schema) }
        }
    }

    private func eraseLog(of ids: IdSet, in known: ClassSchema) throws(CatalogError) {
        var entries: [Int64] = []
        let scan = try connection.statement("SELECT id, target FROM label_log WHERE target_class = ?")
        scan.bind(Int64(known.id), at: 1)
        while try scan.step() {
            if ids.contains(LocalID(truncatingIfNeeded: scan.integer(1))) { entries.append(scan.integer(0)) }
        }
        scan.reset()
        let row = try connection.statement("DELETE FROM label_log WHERE id = ?")
        for entry in entries {
            row.bind(entry, at: 1)
            try row.run()
        }
    }
}
