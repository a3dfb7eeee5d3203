public import Base
import Catalog
public import Query

/// Images as Cortex's clients know them.
extension Store {
    /// A page of the samples that match a filter, in the order of their ids.
    /// - Parameters:
    ///   - roles: what models look for.
    ///   - skip: how many matches come before the page.
    ///   - limit: how many the page has at most.
    /// - Throws: ``EngineError/Code/limitExceeded``.
    public func samples(
        _ filter: Filter, _ roles: AnalysisRoles = AnalysisRoles(), skip: Int, limit: Int
    ) async throws -> SamplePage {
        let maxDocuments = options.maxVerifiedDocuments
        return try await read { snapshot in
            guard let known = try snapshot.entityClass(Store.imageClass) else {
                return SamplePage(samples: [], count: 0)
            }
            let ids = try SampleEvaluator(
                snapshot: snapshot, known: known, maxDocuments: maxDocuments, roles: roles
            )
            .evaluate(filter, within: snapshot.alive(known))
            let shape = SampleDocument(snapshot: snapshot, roles: roles)
            let rows = try snapshot.entities(
                of: known, ids.page(skip: skip, count: limit), properties: SampleField.properties)
            return SamplePage(samples: try rows.map { try shape.document($0) }, count: ids.count)
        }
    }

    /// The sample of an image.
    /// - Throws: ``EngineError/Code/notFound`` where there is no such image.
    public func sample(_ id: EntityID, _ roles: AnalysisRoles = AnalysisRoles()) async throws -> Document {
        try await read { snapshot in
            guard let row = try snapshot.entity(id) else {
                throw EngineError(.notFound, "there is no image \(id)")
            }
            return try SampleDocument(snapshot: snapshot, roles: roles).document(row)
        }
    }

    /// The image that a sample's id (`PT::` and 24 hexadecimal digits) names.
    /// - Throws: ``EngineError/Code/invalidRequest`` for what is no such id;
    ///   ``EngineError/Code/notFound``.
    public func image(ofSample text: String) async throws -> EntityID {
        guard let key = EntityKey(sampleID: text) else {
            throw EngineError(
                .invalidRequest,
                "'\(text.prefix(100))' is no id: it is written 'PT::' and 24 hexadecimal digits in lower case",
                path: "url_or_id")
        }
        return try await read { snapshot in
            guard let known = try snapshot.entityClass(Store.imageClass),
                let local = try snapshot.entity(of: known, key: key)
            else { throw EngineError(.notFound, "there is no image \(text)", path: "url_or_id") }
            return known.entityID(local)
        }
    }
}
