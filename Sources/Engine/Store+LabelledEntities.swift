public import Base
public import Catalog

/// An entity with what is said of it.
public struct LabelledEntity: Sendable {
    public var id: EntityID
    /// Those that were asked for, as far as there are such.
    public var properties: Document
    /// The current labels, oldest first.
    public var labels: [Label]
}

/// What the rooms above work on labels with.
extension Store {
    /// The names of the entities that a request asks for, in its order.
    /// - Throws: as ``find(_:)``.
    public func ids(_ request: FindRequest) async throws -> [EntityID] {
        try await search(request) { found, ids, _ in
            guard let (_, known) = found else { return [] }
            return (request.limit == 0 ? ids : ids.prefix(request.limit)).map { known.entityID($0) }
        }
    }

    /// Entities with their labels, in the order of `ids`, all of one class and from one commit. Those that do
    /// not exist are left out.
    /// - Parameter properties: the names of those that are wanted.
    public func labelledEntities(
        _ ids: [EntityID], properties: [String] = []
    ) async throws -> [LabelledEntity] {
        guard let first = ids.first else { return [] }
        return try await read { snapshot in
            guard let known = snapshot.schema.entityClass(of: first) else { return [] }
            let alive = snapshot.alive(known)
            let locals = ids.filter { $0.classNumber == known.id && $0.generation == known.generation }
                .map(\.local).filter(alive.contains)
            let wanted = known.properties.filter { property in
                properties.contains { $0.hasSameBytes(as: property.name) }
            }
            let table = try snapshot.table(of: known, locals, properties: wanted)
            return try table.ids.enumerated().map { place, local in
                var values = Document()
                for column in table.columns {
                    if let value = column.value(at: place) { values.append(column.property.name, value) }
                }
                let id = known.entityID(local)
                return LabelledEntity(id: id, properties: values, labels: try snapshot.labels(of: id))
            }
        }
    }

    /// Runs `body` on one commit, on a thread that may block.
    /// - Throws: whatever `body` throws, errors of the catalog as ``EngineError``.
    public func consult<Result: Sendable>(
        _ body: @escaping @Sendable (CatalogSnapshot) throws -> Result
    ) async throws -> Result {
        try await read(body)
    }

    /// Runs `body` as one transaction, on the writer's thread: all of it is durable when this returns, or
    /// nothing. Keep it short, as other writers wait.
    /// - Throws: ``EngineError/Code/readOnly``; whatever `body` throws, errors of the catalog as
    ///   ``EngineError``.
    public func change<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try checkWritable()
        let catalog = catalog
        return try await readPool.run { cancellation in
            try translating { try catalog.write(cancellation: cancellation, body) }
        }
    }
}
