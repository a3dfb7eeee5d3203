import Base
import Catalog
import Query

/// Labelled images as the clients of Cortex's later interface know them.
extension Store {
    /// A page of the images that match: only those in which somebody has looked for objects.
    /// - Throws: ``EngineError/Code/limitExceeded``; ``EngineError/Code/cancelled``.
    public func labelledSamples(
        _ search: LabelledSampleSearch, _ roles: AnalysisRoles = AnalysisRoles()
    ) async throws -> SamplePage {
        let maxDocuments = options.maxVerifiedDocuments
        return try await read { snapshot in
            guard let known = try snapshot.entityClass(Store.imageClass) else {
                return SamplePage(samples: [], count: 0)
            }
            let evaluator = SampleEvaluator(
                snapshot: snapshot, known: known, maxDocuments: maxDocuments, roles: roles)
            let processed = try evaluator.answer(
                .flag(.objectsProcessed), within: snapshot.alive(known))
            let ids = try evaluator.evaluate(search.filter, within: processed)
            let shape = LabelledSample(snapshot: snapshot, roles: roles)
            var samples: [Document] = []
            for id in try Store.page(search, of: ids, known, snapshot, maxDocuments) {
                try snapshot.checkCancelled()
                let row = try snapshot.entities(of: known, [id], properties: LabelledSample.properties)
                samples += try row.map { try shape.document($0) }
            }
            return SamplePage(samples: samples, count: ids.count)
        }
    }

    private static func page(
        _ search: LabelledSampleSearch, of ids: IdSet, _ known: ClassSchema, _ snapshot: CatalogSnapshot,
        _ maxDocuments: Int
    ) throws -> [LocalID] {
        switch search.order {
        case .id: return ids.page(skip: search.skip, count: search.limit)
        case .newest:
            guard search.skip < ids.count else { return [] }
            let end = ids.count - search.skip
            return ids.page(skip: max(end - search.limit, 0), count: min(search.limit, end)).reversed()
        case .quality:
            let wanted = search.skip.addingReportingOverflow(search.limit)
            let order = SortOrder([
                SortKey(FieldPath(SampleField.qualityProperty), ascending: false)
            ])
            let sorted = try snapshot.sorted(
                known, ids, by: order, limit: wanted.overflow ? .max : wanted.partialValue,
                maxDocuments: maxDocuments)
            return Array(sorted.dropFirst(search.skip))
        }
    }
}
