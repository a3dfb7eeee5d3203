public import Base
import Catalog
import Columns
public import Query
import Vectors

/// Entities whose vectors are near to one.
extension Store {
    /// The sets of descriptors that entities of a class are joined with by ``descriptorConnectionClass``, by
    /// name.
    public func embeddingSets(class entityClass: String) async throws -> [EmbeddingSet] {
        try await read { snapshot in
            guard let known = try snapshot.entityClass(entityClass) else { return [] }
            return try snapshot.joinedSets(known).map(\.set).sorted { $0.name < $1.name }
        }
    }

    /// The vector of an entity in a set; `nil` where it has none.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such set.
    public func vector(
        of id: EntityID, class entityClass: String, inSet name: String
    ) async throws -> [Float]? {
        let vectors = descriptorSets
        return try await read { snapshot in
            try snapshot.checkEntity(id, class: entityClass)
            guard let known = try snapshot.entityClass(entityClass) else { return nil }
            let joined = try snapshot.joinedSet(name, known)
            let rows = try snapshot.connected(
                by: joined.connection, joined.ends, .target, to: IdSet([id.local])
            ).ids
            guard let row = rows.ids.first else { return nil }
            let bytes = try vectors.bytes(of: row, in: joined.members, snapshot)
            return stride(from: 0, to: bytes.count, by: 4).map { place in
                Float(
                    bitPattern: bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
            }
        }
    }

    /// The entities whose vectors in a set are nearest to `vector`, by the set's own metric; each once, ties
    /// by the order of its descriptors.
    /// - Returns: each entity with its `similarity`, the inner product or the cosine; in a set of squared
    ///   distances with its `distance` instead.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such set;
    ///   ``EngineError/Code/invalidRequest`` for
    ///   a vector of another length.
    public func nearest(
        to vector: [Float], inSet name: String, class entityClass: String, filter: Filter, skip: Int,
        limit: Int
    ) async throws -> [Document] {
        let (catalog, vectors, maxDocuments) = (catalog, descriptorSets, options.maxVerifiedDocuments)
        return try await readPool.run { cancellation in
            try translating {
                try catalog.read(cancellation) { snapshot in
                    guard let known = try snapshot.entityClass(entityClass) else { return [] }
                    let joined = try snapshot.joinedSet(name, known)
                    guard vector.count == joined.shape.dimensions else {
                        throw EngineError(
                            .invalidRequest,
                            "the set '\(name)' has vectors of \(joined.shape.dimensions) numbers, not of \(vector.count)",
                            path: "set")
                    }
                    let metric = Metric(joined.shape.metrics.first ?? .l2)
                    let ids = try snapshot.ids(known, filter, maxDocuments).ids
                    let rows = try snapshot.connected(by: joined.connection, joined.ends, .target, to: ids)
                        .ids
                        .intersection(snapshot.alive(joined.members))
                    let owners = try snapshot.postings(
                        of: joined.connection, joined.ends, keyedBy: .target)
                    var found: [(id: LocalID, distance: Float)] = []
                    // Several descriptors of one entity make it one answer: more are looked for then.
                    var count = min(rows.count, skip + limit)
                    while true {
                        found = []
                        var seen: Set<LocalID> = []
                        let neighbours = try vectors.search(
                            vector, count: count, in: joined.members, joined.shape, metric, within: rows,
                            isExact: (joined.shape.engines.first ?? .flat).isExact, snapshot, cancellation)
                        for neighbour in neighbours {
                            for edge in owners?.edges(of: neighbour.row) ?? []
                            where ids.contains(edge.id) && seen.insert(edge.id).inserted {
                                found.append((edge.id, neighbour.distance))
                            }
                        }
                        if found.count >= skip + limit || count >= rows.count { break }
                        count = min(rows.count, count * 2)
                    }
                    let page = found.dropFirst(skip).prefix(limit)
                    let member = metric == .l2 ? "distance" : "similarity"
                    return zip(page, try snapshot.documents(known, page.map(\.id), nil)).map {
                        one, document in
                        var document = document
                        document[member] = .float(Double(one.distance))
                        return document
                    }
                }
            }
        }
    }
}

/// A set with what leads from entities to its descriptors.
private struct JoinedSet {
    var set: EmbeddingSet
    var shape: DescriptorSetShape
    /// The class of the descriptors.
    var members: ClassSchema
    /// The class of the connections.
    var connection: ClassSchema
    var ends: ConnectionEnds
}

extension CatalogSnapshot {
    /// The sets whose descriptors entities of a class are joined with.
    fileprivate func joinedSets(_ known: ClassSchema) throws -> [JoinedSet] {
        guard let sets = schema.entityClass("DescriptorSet"),
            let connection = schema.connectionClass(Store.descriptorConnectionClass)
        else { return [] }
        return try entities(of: sets, alive(sets).ids).compactMap { row in
            guard let name = row.properties["_name"]?.stringValue,
                let members = WireNames.descriptorClass(ofSet: name, in: schema),
                let shape = DescriptorSetShape(row.properties),
                let ends = connection.ends.first(where: {
                    $0.source == known.id && $0.target == members.id
                })
            else { return nil }
            let model = row.properties["model"]?.stringValue ?? name
            return JoinedSet(
                set: EmbeddingSet(name: name, model: model, dimensions: shape.dimensions), shape: shape,
                members: members, connection: connection, ends: ends)
        }
    }

    /// - Throws: ``EngineError/Code/notFound``.
    fileprivate func joinedSet(_ name: String, _ known: ClassSchema) throws -> JoinedSet {
        let all = try joinedSets(known)
        guard let found = all.first(where: { $0.set.name.hasSameBytes(as: name) }) else {
            let there = all.map(\.set.name).sorted().joined(separator: ", ")
            throw EngineError(
                .notFound,
                "no set '\(name.prefix(100))' of descriptors is joined with '\(known.name)'; there \(there.isEmpty ? "is none" : "are: \(there)")",
                path: "set")
        }
        return found
    }
}
