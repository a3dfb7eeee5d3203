public import Base

extension Transaction {
    /// Adds a connection between two entities. Two entities may be joined by any number of connections.
    /// - Throws: ``CatalogError/Code/notFound`` where one of them does not exist; otherwise as
    ///   ``insert(_:_:system:blob:key:)``.
    @discardableResult
    public func connect(
        _ className: String, from source: EntityID, to target: EntityID, _ properties: Document = Document()
    ) throws(CatalogError) -> EntityID {
        try begin()
        try checkEnd(source)
        try checkEnd(target)
        return try connect(in: try connectionClass(className), from: source, to: target, properties)
    }

    /// Adds a connection of a class between two entities that exist.
    @discardableResult
    func connect(
        in known: ClassSchema, from source: EntityID, to target: EntityID, _ properties: Document = Document()
    ) throws(CatalogError) -> EntityID {
        var known = known
        let ends = ConnectionEnds(source: source.classNumber, target: target.classNumber)
        try add(ends, to: &known)
        let cells = try prepare(properties, in: &known)
        let local = try nextLocal(of: known)
        try checkNumbersAreUnique(cells, in: known, except: nil)

        let statement = try caches.insertion(into: known, cells, on: connection)
        statement.bind(local, at: 1)
        statement.bind(Int64(source.classNumber), at: 2)
        statement.bind(Int64(source.local), at: 3)
        statement.bind(Int64(target.classNumber), at: 4)
        statement.bind(Int64(target.local), at: 5)
        _ = PropertyCell.bind(cells, to: statement, from: 6)
        try run(statement, in: known)
        try critical { () throws(CatalogError) in
            count(1, in: known)
            try insertSide(cells, at: local, in: known)
        }
        return known.entityID(LocalID(local))
    }

    /// Removes a connection; `false` where there is none of that id.
    @discardableResult
    public func disconnect(_ id: EntityID) throws(CatalogError) -> Bool {
        try begin()
        guard let known = state.schema.entityClass(of: id), known.kind == .connection,
            let row = try ConnectionRows.row(id.local, in: known, on: connection)
        else { return false }
        try critical { () throws(CatalogError) in try remove([row], from: known) }
        return true
    }

    /// Whether the entity exists, by what is known in memory: it had an id, and was not deleted.
    func isAlive(_ local: LocalID, in classID: UInt32) -> Bool {
        guard Int64(local) < state.counters[classID]?.nextLocal ?? 0 else { return false }
        if changes.classes[classID]?.deleted.contains(local) == true { return false }
        if seenChanges.classes[classID]?.deleted.contains(local) == true { return false }
        if groupChanges.classes[classID]?.deleted.contains(local) == true { return false }
        return version.isAliveOrLater(local, in: classID)
    }

    /// Deletes rows of connections, which must exist.
    func remove(_ rows: [ConnectionRow], from known: ClassSchema) throws(CatalogError) {
        try noteBefore(rows, in: known)
        let statement = try connection.statement("DELETE FROM \(known.table) WHERE id = ?")
        for row in rows {
            statement.bind(Int64(row.id), at: 1)
            try statement.run()
            for property in known.properties where !property.sideTypes.isEmpty {
                try deleteSide(property, at: Int64(row.id), in: known)
            }
        }
        state.counters[known.id]?.count -= Int64(rows.count)
    }

    /// Keeps connections as postings know them, before they change.
    func noteBefore(_ rows: [ConnectionRow], in known: ClassSchema) throws(CatalogError) {
        let numbers = ConnectionNumbers(known)
        var noted = rows
        if !numbers.properties.isEmpty {
            let statement = try connection.statement(
                "SELECT id\(numbers.sqlColumns) FROM \(known.table) WHERE id = ?")
            var inexact: Set<UInt32> = []
            for index in noted.indices {
                statement.bind(Int64(noted[index].id), at: 1)
                if try statement.step() {
                    for (place, property) in numbers.properties.enumerated() {
                        noted[index].numbers[property.id] = numbers.value(
                            place, in: statement, from: 1, &inexact)
                    }
                }
                statement.reset()
            }
        }
        changes.connectionsBefore[known.id, default: []] += noted
    }

    /// Notes that connections of the class join these two classes.
    func add(_ ends: ConnectionEnds, to known: inout ClassSchema) throws(CatalogError) {
        if known.ends.contains(ends) { return }
        let schema = known
        try critical { () throws(CatalogError) in try SchemaStorage.insert(ends, of: schema, on: connection) }
        known.ends.append(ends)
        state.schema.update(known)
    }

    // MARK: - Private

    private func checkEnd(_ id: EntityID) throws(CatalogError) {
        guard state.schema.isOfEntities(id), isAlive(id.local, in: id.classNumber)
        else { throw CatalogError(.notFound, "there is no entity \(id) to connect") }
    }
}
