import Base

/// What the other parts of a transaction stand on.
extension Transaction {
    /// To be called before anything is written.
    func begin() throws(CatalogError) {
        precondition(!isOver, "a transaction was used after its body had returned")
        if let failure { throw failure }
        changes.isEmpty = false
    }

    /// To be called now and then by what may take long.
    func checkCancelled() throws(CatalogError) {
        if isCancelled() { throw CatalogError(.cancelled, "cancelled") }
    }

    /// Runs what must be undone as a whole: when it fails, the transaction can only be rolled back.
    func critical(_ body: () throws(CatalogError) -> Void) throws(CatalogError) {
        do {
            try body()
        } catch {
            failure = error
            throw error
        }
    }

    /// Runs a statement that writes one row, naming the property where its value is taken.
    func run(_ statement: SQLiteStatement, in known: ClassSchema) throws(CatalogError) {
        do {
            try statement.run()
        } catch  where error.code == .uniqueViolation {
            // SQLite says: UNIQUE constraint failed: e1.p12_s
            if let property = known.properties.first(where: { property in
                property.isUnique
                    && property.types.list.contains {
                        error.message.hasSuffix("\(known.table).\(property.column($0))")
                    }
            }) {
                throw uniqueViolation(of: property, in: known)
            }
            throw error
        }
    }

    /// The local id that the next member of the class gets.
    func nextLocal(of known: ClassSchema) throws(CatalogError) -> Int64 {
        let next = state.counters[known.id]?.nextLocal ?? 0
        guard next <= Int64(LocalID.max) else {
            throw CatalogError(.limitExceeded, "class '\(known.name)' is full: it has had 2^32 members")
        }
        return next
    }

    /// Counts `count` new members, which have got the next local ids.
    func count(_ count: Int, in known: ClassSchema) {
        state.counters[known.id, default: .init()].nextLocal += Int64(count)
        state.counters[known.id]!.count += Int64(count)
    }

    /// The class of `id`, which must exist.
    func existing(_ id: EntityID) throws(CatalogError) -> ClassSchema {
        guard let known = state.schema.entityClass(of: id), try exists(id.local, in: known) else {
            throw CatalogError(.notFound, "there is no \(id)")
        }
        return known
    }

    func exists(_ local: LocalID, in known: ClassSchema) throws(CatalogError) -> Bool {
        guard Int64(local) < state.counters[known.id]?.nextLocal ?? 0 else { return false }
        let row = try connection.statement("SELECT 1 FROM \(known.table) WHERE id = ?")
        defer { row.reset() }
        row.bind(Int64(local), at: 1)
        return try row.step()
    }

    /// Writes the cells that have no column in the row.
    func insertSide(_ cells: [PropertyCell], at local: Int64, in known: ClassSchema) throws(CatalogError) {
        for cell in cells where cell.isInSideTable {
            let statement = try connection.statement(
                "INSERT INTO \(known.sideTable)(property, id, type, v, zone) VALUES(?, ?, ?, ?, ?)")
            statement.bind(Int64(cell.property.id), at: 1)
            statement.bind(local, at: 2)
            statement.bind(String(cell.stored.type.letter), at: 3)
            cell.stored.bind(to: statement, at: 4)
            statement.bind(cell.stored.type == .dateTime ? cell.stored.zone : nil, at: 5)
            try statement.run()
        }
    }

    func deleteSide(_ property: PropertySchema, at local: Int64, in known: ClassSchema) throws(CatalogError) {
        let statement = try connection.statement(
            "DELETE FROM \(known.sideTable) WHERE property = ? AND id = ?")
        statement.bind(Int64(property.id), at: 1)
        statement.bind(local, at: 2)
        try statement.run()
    }

    /// The number of a text in the dictionary of texts, added if it is new.
    func textID(_ text: String) throws(CatalogError) -> Int64 {
        let bytes = Array(text.utf8)
        if let known = freshTexts[bytes] ?? caches.text(bytes) { return known }
        let look = try connection.statement("SELECT id FROM texts WHERE text = ?")
        look.bind(text, at: 1)
        let found = try look.step() ? look.integer(0) : nil
        look.reset()
        if let found {
            freshTexts[bytes] = found
            return found
        }
        guard bytes.count <= options.valueLimit.bytes else {
            throw CatalogError(
                .limitExceeded, "a text has \(bytes.count) bytes, the limit is \(options.valueLimit.bytes)")
        }
        let insertion = try connection.statement("INSERT INTO texts(id, text) VALUES(?, ?)")
        insertion.bind(state.next.text, at: 1)
        insertion.bind(text, at: 2)
        try insertion.run()
        freshTexts[bytes] = state.next.text
        state.next.text += 1
        return state.next.text - 1
    }
}
