import Base
import Catalog
import Query

extension CatalogSnapshot {
    /// The entity class of that name; `nil` where it is the class of images, of videos or of their parts,
    /// and none was ever added.
    /// - Throws: ``EngineError/Code/notFound`` for any other name that no entity was added under.
    func entityClass(_ name: String) throws -> ClassSchema? {
        if let known = schema.entityClass(name) { return known }
        if [Store.imageClass, Store.videoClass].contains(name) || VideoPartClass(rawValue: name) != nil {
            return nil
        }
        let names = Set(schema.entityClasses.map(\.name)).union([Store.imageClass]).sorted()
        throw EngineError(
            .notFound, "there is no class '\(name.prefix(200))'; there are: \(names.joined(separator: ", "))",
            path: "class")
    }

    /// The ids that match, and the plan.
    func ids(
        _ known: ClassSchema, _ filter: Filter, _ maxDocuments: Int
    ) throws -> (ids: IdSet, plan: PlanStep) {
        try FilterEvaluator(snapshot: self, known: known, maxDocuments: maxDocuments)
            .evaluate(try resolved(filter, for: known), within: alive(known))
    }

    /// Entities as documents, in the order of `ids`.
    func documents(_ known: ClassSchema, _ ids: [LocalID], _ projection: Projection?) throws -> [Document] {
        if let listing = try listing(known, ids, projection) {
            return (0..<listing.rowCount).map { row in
                var document = Document()
                for column in listing.columns {
                    if let value = listing.value(column, at: row) { document.append(column.name, value) }
                }
                return document
            }
        }
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

    /// Entities field by field, in the order of `ids`; `nil` where more is shown of them than their names and
    /// whole properties.
    func listing(
        _ known: ClassSchema, _ ids: [LocalID], _ projection: Projection?, keepsZones: Bool = true
    ) throws -> Listing? {
        guard let projection, projection.isInclusion,
            !["_key", "sha256", "label", "labels"].contains(where: projection.keeps),
            !FindRequest.detailFields.contains(where: projection.keeps)
        else { return nil }
        let properties = known.properties.filter { projection.keeps($0.name) }
        guard properties.allSatisfy({ projection.keepsWhole($0.name) }) else { return nil }
        let table = try table(of: known, ids, properties: properties, keepsZones: keepsZones)
        var listing = Listing(of: known, table.ids)
        if projection.keeps(Projection.identifier) { listing.append(Projection.identifier, .ids) }
        for cells in table.columns { listing.append(cells.property.name, .property(cells)) }
        return listing
    }

    /// Ids in a sort order, ties by id; at most `limit` of them.
    /// - Throws: ``EngineError/Code/limitExceeded`` where more than `maxDocuments` would have to be fetched.
    func sorted(
        _ known: ClassSchema, _ ids: IdSet, by order: SortOrder, limit: Int, maxDocuments: Int
    ) throws -> [LocalID] {
        let order = order.endingWithID
        if let sorted = try sortedByColumn(known, ids, by: order, limit: limit) { return sorted }
        guard ids.count <= maxDocuments else {
            throw EngineError(
                .limitExceeded,
                "sorting by \(order.keys.map(\.path.text).joined(separator: ", ")) needs \(ids.count) documents to be looked at, the limit is \(maxDocuments); narrow the filter",
                path: "sort")
        }
        var heads: [(id: LocalID, ranks: [SortRank])] = []
        heads.reserveCapacity(ids.count)
        try forEachDocument(known, ids, needing: order.keys.map(\.path.root)) { id, document in
            var document = document
            // As a number: as text 1.0.10 would come before 1.0.9.
            document[SystemField.id.rawValue] = .integer(Int64(id))
            heads.append((id, order.ranks(of: document)))
        }
        heads.sort { left, right in
            let comparison = order.compare(left.ranks, right.ranks)
            return comparison != 0 ? comparison < 0 : left.id < right.id
        }
        return heads.prefix(limit).map(\.id)
    }

    /// Fetches entities page by page, with what `fields` (names of properties, labels or details) need.
    func forEachDocument(
        _ known: ClassSchema, _ ids: IdSet, needing fields: [String],
        _ body: (LocalID, Document) throws -> Void
    ) throws {
        let wantsLabels = fields.contains { SystemField(rawValue: $0)?.needsLabels ?? false }
        let names = Array(Set(fields + (wantsLabels ? ImageSize.properties : [])))
        let shape = EntityDocument(
            wantsLabels: wantsLabels,
            wantsDetails: names.contains { FindRequest.detailFields.contains($0) })
        for page in stride(from: 0, to: ids.count, by: 4_096) {
            try checkCancelled()
            guard known.kind == .entity else {
                for one in try connections(of: known, ids.page(skip: page, count: 4_096)) {
                    try body(one.id.local, one.document)
                }
                continue
            }
            for row in try entities(of: known, ids.page(skip: page, count: 4_096), properties: names) {
                try body(row.id.local, try shape.document(row, in: self))
            }
        }
    }

    /// Throws where the query was given up.
    func checkCancelled() throws { if isCancelled { throw EngineError(.cancelled, "cancelled") } }
}

extension Connection {
    /// As filters see it.
    fileprivate var document: Document {
        Document([("_uniqueid", .string(id.description))] + properties.members.map { ($0.key, $0.value) })
    }
}

extension SortOrder {
    /// This order without what comes after `_uniqueid`, which no two entities have in common; an ascending
    /// one at the end is how ties are broken anyway.
    fileprivate var endingWithID: SortOrder {
        guard let place = keys.firstIndex(where: { SystemField($0.path) == .id }) else { return self }
        return SortOrder(Array(keys[..<(keys[place].ascending ? place : place + 1)]))
    }
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
        let sizes = labels ? ImageSize.properties : []
        properties = known.properties.map(\.name).filter { projection.keeps($0) || sizes.contains($0) }
    }
}
