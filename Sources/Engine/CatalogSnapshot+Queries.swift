import Base
import Catalog
import Query

extension CatalogSnapshot {
    /// The entity class of that name; `nil` where no entity of it was ever added.
    /// - Throws: ``EngineError/Code/notFound`` for a name that no class can have.
    func entityClass(_ name: String) throws -> ClassSchema? {
        if let known = schema.entityClass(name) { return known }
        do throws(CatalogError) {
            try CatalogName.check(name, of: "class")
        } catch {
            throw EngineError(.notFound, "there can be no class '\(name)': \(error.message)", path: "class")
        }
        return nil
    }

    /// The ids that match, and the plan.
    func ids(
        _ known: ClassSchema, _ filter: Filter, _ maxDocuments: Int
    ) throws -> (ids: IdSet, plan: PlanStep) {
        try FilterEvaluator(snapshot: self, known: known, maxDocuments: maxDocuments)
            .evaluate(filter, within: alive(known))
    }

    /// Entities as documents, in the order of `ids`.
    func documents(_ known: ClassSchema, _ ids: [LocalID], _ projection: Projection?) throws -> [Document] {
        let needs = FieldNeeds(projection, of: known)
        let shape = EntityDocument(wantsLabels: needs.labels, wantsDetails: needs.details)
        var documents: [Document] = []
        documents.reserveCapacity(ids.count)
        for row in try entities(of: known, ids, properties: needs.properties) {
            let document = try shape.document(row, in: self)
            documents.append(projection?.apply(to: document) ?? document)
        }
        return documents
    }

    /// Ids in a sort order, ties by id; at most `limit` of them.
    func sorted(_ known: ClassSchema, _ ids: IdSet, by order: SortOrder, limit: Int) throws -> [LocalID] {
        if let sorted = try sortedByColumn(known, ids, by: order, limit: limit) { return sorted }
        let names = Array(Set(order.keys.map(\.path.root)))
        let shape = EntityDocument(
            wantsLabels: names.contains { ["label", "labels"].contains($0) },
            wantsDetails: names.contains { FindRequest.detailFields.contains($0) })
        var heads: [(id: LocalID, ranks: [SortRank])] = []
        heads.reserveCapacity(ids.count)
        for page in stride(from: 0, to: ids.count, by: 4_096) {
            for row in try entities(of: known, ids.page(skip: page, count: 4_096), properties: names) {
                heads.append((row.id.local, order.ranks(of: try shape.document(row, in: self))))
            }
        }
        heads.sort { left, right in
            let comparison = order.compare(left.ranks, right.ranks)
            return comparison != 0 ? comparison < 0 : left.id < right.id
        }
        return heads.prefix(limit).map(\.id)
    }

    /// Throws where the query was given up.
    func checkCancelled() throws { if isCancelled { throw EngineError(.cancelled, "cancelled") } }
}

/// What must be fetched so that a projection can show what it shows.
private struct FieldNeeds {
    /// Properties; `nil` for all.
    var properties: [String]?
    var labels = true
    var details = false

    init(_ projection: Projection?, of known: ClassSchema) {
        guard let projection else { return }
        labels = projection.keeps("label") || projection.keeps("labels")
        // What is large is shown only where it is asked for by name.
        details = projection.isInclusion && FindRequest.detailFields.contains { projection.keeps($0) }
        properties = known.properties.map(\.name).filter { projection.keeps($0) }
    }
}
