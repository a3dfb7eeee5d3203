public import Base
import Catalog
public import Query
import Synchronization

extension Store {
    /// The entities that a request asks for.
    /// - Throws: ``EngineError/Code/notFound`` where the class was never used;
    ///   ``EngineError/Code/limitExceeded``.
    public func find(_ request: FindRequest) async throws -> FindAnswer {
        try await search(request) { found, ids, count in
            let page = request.limit == 0 ? Array(ids) : Array(ids.prefix(request.limit))
            let entities = try found.map { snapshot, known in
                try snapshot.documents(known, page, request.projection)
            }
            return FindAnswer(entities: entities ?? [], count: request.wantsCount ? count : nil)
        }
    }

    /// The same as JSON text: an array of objects, and how many match where the request wanted them counted.
    public func findText(_ request: FindRequest) async throws -> (entities: [UInt8], count: Int?) {
        try await search(request) { found, ids, count in
            let page = request.limit == 0 ? Array(ids) : Array(ids.prefix(request.limit))
            let text = try found.map { snapshot, known in try snapshot.text(known, page, request.projection) }
            return (text ?? Array("[]".utf8), request.wantsCount ? count : nil)
        }
    }

    /// Binds and runs a search, and leaves the entities to be fetched page by page: for answers of any size.
    public func select(_ request: FindRequest) async throws -> FindResults {
        let (ids, count) = try await search(request) { _, ids, count in
            (request.limit == 0 ? Array(ids) : Array(ids.prefix(request.limit)), count)
        }
        return FindResults(store: self, request: request, ids: ids, count: count)
    }

    /// How many entities match.
    public func count(class entityClass: String, filter: Filter) async throws -> Int {
        let limit = options.maxVerifiedDocuments
        return try await read { snapshot in
            guard let known = try snapshot.entityClass(entityClass) else { return 0 }
            return try snapshot.ids(known, filter, limit).ids.count
        }
    }

    /// How a filter is answered, having answered it: the plan with what was expected and what came out.
    public func explain(class entityClass: String, filter: Filter) async throws -> Document {
        let limit = options.maxVerifiedDocuments
        return try await read { snapshot in
            var answer: Document = ["filter": .object(filter.document), "class": .string(entityClass)]
            guard let known = try snapshot.entityClass(entityClass) else {
                answer["count"] = 0
                return answer
            }
            let (ids, plan) = try snapshot.ids(known, filter, limit)
            answer["commit"] = .integer(Int64(snapshot.commit))
            answer["total"] = .integer(Int64(snapshot.count(of: known)))
            answer["count"] = .integer(Int64(ids.count))
            answer["plan"] = .object(plan.document)
            return answer
        }
    }

    /// The name of the class that an entity is of, whether it is there or was deleted.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such class.
    public func className(of id: EntityID) async throws -> String {
        try await read { snapshot in
            guard let known = snapshot.schema.entityClass(of: id) else {
                throw EngineError(.notFound, "there is no \(id)")
            }
            return known.name
        }
    }

    /// All that is known of one entity. A frame, or a clip, has the properties that were given to its video,
    /// too, where it has none of its own of the name.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone`` for a deleted one.
    public func entity(_ id: EntityID, class entityClass: String) async throws -> Document {
        try await read { snapshot in
            try snapshot.checkEntity(id, class: entityClass)
            guard let row = try snapshot.entity(id) else {
                throw EngineError(.notFound, "there is no entity \(id)")
            }
            var document = try EntityDocument(wantsLabels: true, wantsDetails: true).document(
                row, in: snapshot)
            for (name, value) in try snapshot.inherited(by: id).members where document[name] == nil {
                document[name] = value
            }
            return document
        }
    }

    /// Hands over the ids from the request's `skip` on, in its order, and how many match in all.
    func search<Result: Sendable>(
        _ request: FindRequest,
        _ body:
            @escaping @Sendable (
                _ found: (CatalogSnapshot, ClassSchema)?, _ ids: ArraySlice<LocalID>, _ count: Int
            ) throws -> Result
    ) async throws -> Result {
        let limit = options.maxVerifiedDocuments
        return try await read { snapshot in
            let known = try snapshot.entityClass(request.entityClass)
            guard let known else { return try body(nil, [], 0) }
            let ids = try snapshot.ids(known, request.filter, limit).ids
            let wanted =
                request.limit == 0
                ? Int.max : request.skip.addingReportingOverflow(request.limit).partialValue
            if request.sort.keys.isEmpty {
                let page = ids.page(skip: request.skip, count: request.limit == 0 ? .max : request.limit)
                return try body((snapshot, known), page[...], ids.count)
            }
            let sorted = try snapshot.sorted(
                known, ids, by: request.sort, limit: wanted < 0 ? .max : wanted, maxDocuments: limit)
            return try body((snapshot, known), sorted.dropFirst(request.skip), ids.count)
        }
    }
}

extension CatalogSnapshot {
    /// Entities as the JSON text of an array, in the order of `ids`.
    fileprivate func text(
        _ known: ClassSchema, _ ids: [LocalID], _ projection: Projection?
    ) throws -> [UInt8] {
        if let listing = try listing(known, ids, projection) {
            var text = ListingText()
            text.write(listing, ListingText.Style(missing: nil, wrapsTimes: false))
            return Array(text.bytes)
        }
        var writer = JSONWriter(capacity: ids.count * 512)
        writer.write(.array(try documents(known, ids, projection).map { .object($0) }))
        return writer.take()
    }
}

/// What a search found, to be fetched a page at a time.
///
/// The ids are those of one commit; each page is read from a commit of its own, so that a slow reader holds
/// nothing up. What was deleted in between is left out.
public struct FindResults: Sendable {
    static let pageCount = 1_000

    let store: Store
    let request: FindRequest
    let ids: [LocalID]
    /// All matches, not only those of the page.
    public let count: Int

    /// The pages in order.
    public func pages() -> AsyncThrowingStream<[Document], any Error> {
        let projection = request.projection
        return pages { try $0.documents($1, $2, projection) }
    }

    /// What `tell` says of each page, in order.
    func pages(
        _ tell: @escaping @Sendable (CatalogSnapshot, ClassSchema, [LocalID]) throws -> [Document]
    ) -> AsyncThrowingStream<[Document], any Error> {
        let places = Mutex(0)
        return AsyncThrowingStream {
            let start = places.withLock { place in
                defer { place += FindResults.pageCount }
                return place
            }
            guard start < ids.count else { return nil }
            let page = Array(ids[start..<min(start + FindResults.pageCount, ids.count)])
            return try await store.read { snapshot in
                guard let known = try snapshot.entityClass(request.entityClass) else { return [] }
                return try tell(snapshot, known, page)
            }
        }
    }
}
