public import Base
import Catalog
public import Engine

/// One scoring of labels: what must be known of all entities first, and then the score of each.
///
/// Entities are read twice or three times, a batch at a time; what is kept of each is its name and its score.
public struct QualityRun: Sendable {
    /// An entity and its score.
    public struct Scored: Sendable, Hashable {
        public var id: EntityID
        /// In `0...1`, 1 for good.
        public var score: Double
        /// Whether it is among those that are told of.
        public var isListed: Bool
    }

    /// All entities that could be scored, the worst first, ties by id.
    public private(set) var scored: [Scored] = []
    /// Entities that were not scored, as one of the two says nothing of them.
    public private(set) var skipped = 0
    private let store: Store
    private let scorer: any QualityScorer

    init(_ request: QualityRequest, store: Store) async throws {
        self.store = store
        let ids = try await store.ids(
            FindRequest(entityClass: request.entityClass, filter: request.filter))
        var scorer: any QualityScorer =
            switch request.method {
            case .objectLab: BoxQualityScorer(request)
            case .regions: RegionScorer(request)
            case .agreement: AgreementScorer(request)
            case .selfConfidence, .normalisedMargin, .confidentLearning: ClassQualityScorer(request)
            }
        let batches = EntityBatches(store: store, ids: ids, properties: scorer.properties)
        for pass in 0..<scorer.passCount {
            try await batches.forEach { batch in
                for entity in batch { scorer.include(entity, pass: pass) }
            }
        }
        self.scorer = scorer
        var (scored, skipped) = ([Scored](), 0)
        try await batches.forEach { batch in
            for entity in batch {
                if let outcome = scorer.score(entity) {
                    scored.append(
                        Scored(id: entity.id, score: outcome.score, isListed: outcome.isListed))
                } else {
                    skipped += 1
                }
            }
        }
        scored.sort { $0.score == $1.score ? $0.id < $1.id : $0.score < $1.score }
        (self.scored, self.skipped) = (scored, skipped)
    }

    /// What is told of the listed entities, the worst first, batch by batch, with what takes from each score.
    public func reports(limit: Int = 0) -> AsyncThrowingStream<[Document], any Error> {
        let listed = scored.filter(\.isListed).prefix(limit == 0 ? .max : limit)
        let scores = Dictionary(listed.map { ($0.id, $0.score) }) { first, _ in first }
        let batches = EntityBatches(
            store: store, ids: listed.map(\.id), properties: scorer.properties)
        let scorer = scorer
        let starts = Starts(end: listed.count)
        return AsyncThrowingStream {
            guard let start = starts.next() else { return nil }
            return try await batches.batch(at: start).map { entity in
                var line: Document = [
                    "image": .string(entity.id.description), "score": .float(scores[entity.id] ?? 0),
                ]
                for (name, value) in scorer.report(entity).members { line.append(name, value) }
                return line
            }
        }
    }

    /// Writes the score of each entity to its property ``QualityRequest/property``, so many in a transaction.
    /// One that was deleted meanwhile is left out.
    /// - Returns: how many were written.
    public func write() async throws -> Int {
        var written = 0
        for start in stride(from: 0, to: scored.count, by: EntityBatches.size) {
            let batch = Array(scored[start..<min(start + EntityBatches.size, scored.count)])
            written += try await store.change { transaction in
                var count = 0
                for entity in batch where try transaction.exists(entity.id) {
                    try transaction.update(
                        entity.id, set: [QualityRequest.property: .float(entity.score)])
                    count += 1
                }
                return count
            }
        }
        return written
    }
}

extension Store {
    /// Scores labels by what somebody else says of the same entities.
    /// - Throws: ``EngineError/Code/notFound`` where the class was never used.
    public func labelQuality(_ request: QualityRequest) async throws -> QualityRun {
        try await QualityRun(request, store: self)
    }
}
