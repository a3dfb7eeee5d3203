public import Base

extension Transaction {
    /// Deletes an entity, with its connections, its details and its current labels. A tombstone stays behind,
    /// and its entries in the label log.
    /// - Returns: `false` where there is no such entity.
    @discardableResult
    public func delete(_ id: EntityID, by who: String) throws(CatalogError) -> Bool {
        try begin()
        guard let known = state.schema.entityClass(of: id), known.kind == .entity else { return false }
        return try delete([id.local], of: known.name, by: who) == 1
    }

    /// Deletes entities of one class, as ``delete(_:by:)-(EntityID,_)`` does. Quicker than one by one:
    /// connections that lead to them are found in one pass.
    /// - Returns: how many there were.
    @discardableResult
    public func delete(_ ids: IdSet, of className: String, by who: String) throws(CatalogError) -> Int {
        try begin()
        guard let known = state.schema.entityClass(className) else { return 0 }
        if RegionClass(rawValue: className) != nil { return try removeRegions(ids, of: known, by: who) }
        return try delete(ids, of: known, by: who)
    }

    // MARK: - Private

    /// Up to so many deleted entities have their connections looked up one by one; for more, all connections
    /// are looked at once.
    private static let fewDeletions = 8

    @discardableResult
    func delete(_ ids: IdSet, of known: ClassSchema, by who: String) throws(CatalogError) -> Int {
        var found: [(local: LocalID, blob: Int64?)] = []
        let look = try connection.statement("SELECT blob FROM \(known.table) WHERE id = ?")
        try ids.forEach { (local) throws(CatalogError) in
            look.bind(Int64(local), at: 1)
            if try look.step() { found.append((local, look.optionalInteger(0))) }
            look.reset()
        }
        if found.isEmpty { return 0 }
        let alive = IdSet(sorted: found.map(\.local))
        for part in try videoParts(of: alive, in: known) {
            try critical { () throws(CatalogError) in try delete(part.ids, of: part.members, by: who) }
        }
        try critical { () throws(CatalogError) in
            try removeConnections(of: alive, in: known)
            let row = try connection.statement("DELETE FROM \(known.table) WHERE id = ?")
            // Regions that go with an image leave tombstones of their own between two of these.
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
                try dropLabels(of: known.entityID(local), by: who)
                try dropDetails(of: local, in: known)
            }
        }
        try critical { () throws(CatalogError) in try forgetExamined(found.map(\.local), of: known) }
        state.counters[known.id]?.count -= Int64(found.count)
        changes.classes[known.id, default: .init()].deleted.formUnion(found.map(\.local))
        return found.count
    }

    private func removeConnections(of ids: IdSet, in known: ClassSchema) throws(CatalogError) {
        let ofRegions = RegionClass(rawValue: known.name)?.connectionClass
        // What joins a region with its image has gone with its label.
        for schema in state.schema.connectionClasses where schema.name != ofRegions {
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
}
