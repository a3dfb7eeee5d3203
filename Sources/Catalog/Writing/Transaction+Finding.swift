public import Base

/// Look-ups within a transaction. They see what it wrote.
extension Transaction {
    /// The entities of a class that stand for the blob of `digest`, oldest first. A B-tree answers.
    public func entities(of className: String, digest: SHA256Digest) throws(CatalogError) -> [EntityID] {
        guard let known = state.schema.entityClass(className) else { return [] }
        return try EntityRows.locals(of: known, digest: digest, on: connection).map(known.entityID)
    }

    /// The entity of a class that has `value` of a property. Quick where the property was declared unique: a
    /// B-tree answers then; otherwise all are looked at, and the oldest is returned.
    public func entity(
        of className: String, where property: String, equals value: Value
    ) throws(CatalogError) -> EntityID? {
        guard let known = state.schema.entityClass(className), let property = known[property] else {
            return nil
        }
        return try EntityRows.local(of: known, where: property, equals: value, on: connection).map(
            known.entityID)
    }

    /// The entity of a class with that key. No B-tree answers: a column of keys where it is built, else all
    /// are looked at.
    public func entity(of className: String, key: EntityKey) throws(CatalogError) -> EntityID? {
        guard let known = state.schema.entityClass(className) else { return nil }
        return try EntityRows.local(of: known, key: key, version, on: connection).map(known.entityID)
    }

    /// Whether the entity or connection exists.
    public func exists(_ id: EntityID) throws(CatalogError) -> Bool {
        guard let known = state.schema.entityClass(of: id) else { return false }
        return try exists(id.local, in: known)
    }

    /// The properties of an entity or connection; `nil` where it does not exist.
    public func properties(of id: EntityID) throws(CatalogError) -> Document? {
        guard let known = state.schema.entityClass(of: id) else { return nil }
        let plan = RowPlan(known, names: nil, leading: ["id"])
        let row = try connection.statement(plan.sql)
        defer { row.reset() }
        row.bind(Int64(id.local), at: 1)
        guard try row.step() else { return nil }
        return try plan.document(at: Int64(id.local), in: row, connection)
    }
}
