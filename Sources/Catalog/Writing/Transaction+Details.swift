public import Base

extension Transaction {
    /// Sets the details of an entity: what is large, shown with it and never filtered on. They take the place
    /// of any that it had.
    /// - Throws: ``CatalogError/Code/notFound`` where there is no such entity;
    ///   ``CatalogError/Code/limitExceeded``.
    public func setDetails(_ details: Document, of id: EntityID) throws(CatalogError) {
        try begin()
        guard let known = state.schema.entityClass(of: id), known.kind == .entity,
            isAlive(id.local, in: known.id)
        else { throw CatalogError(.notFound, "there is no entity \(id)") }
        let text = try StoredCell.jsonText(.object(details), of: "details", options.valueLimit)
        let row = try connection.statement(
            "INSERT OR REPLACE INTO details(class, local, content) VALUES(?, ?, ?)")
        row.bind(Int64(known.id), at: 1)
        row.bind(Int64(id.local), at: 2)
        row.bind(text: text, at: 3)
        try row.run()
    }

    /// Takes the details of a deleted entity out.
    func dropDetails(of local: LocalID, in known: ClassSchema) throws(CatalogError) {
        let row = try connection.statement("DELETE FROM details WHERE class = ? AND local = ?")
        row.bind(Int64(known.id), at: 1)
        row.bind(Int64(local), at: 2)
        try row.run()
    }
}

extension CatalogSnapshot {
    /// The details of an entity; empty where it has none, or does not exist.
    public func details(of id: EntityID) throws(CatalogError) -> Document {
        try check()
        guard let known = schema.entityClass(of: id) else { return Document() }
        let row = try connection.statement("SELECT content FROM details WHERE class = ? AND local = ?")
        defer { row.reset() }
        row.bind(Int64(known.id), at: 1)
        row.bind(Int64(id.local), at: 2)
        guard try row.step() else { return Document() }
        return try StoredCell.json(row.bytes(0)).objectValue ?? Document()
    }
}
