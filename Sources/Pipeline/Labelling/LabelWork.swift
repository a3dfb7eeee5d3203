import Base
import Catalog
import Engine

/// What a labelling run does with each entity.
struct LabelWork: Sendable {
    /// As those of ``Examiner``.
    let kind: String
    let source: String
    let sources: [String]
    let descriptorSet: String?
    let concurrency: Int
    /// Whether each takes long, so that what is found is kept at once.
    let isOfVideos: Bool
    /// What is said of an entity, a statement for each source; none where it was given up. Computes.
    let look: @Sendable (EntityID, Cancellation) -> [Statement]

    /// Looks at pictures.
    init(_ examiner: any Examiner, of store: Store) {
        kind = examiner.kind
        source = examiner.source
        sources = examiner.sources
        descriptorSet = examiner.descriptorSet
        concurrency = examiner.concurrency
        isOfVideos = false
        look = { target, _ in LabellingRun.statements(target, examiner, store) }
    }

    /// Looks at frames of videos.
    /// - Parameter examiner: `nil` where motion alone is wanted.
    init(
        _ examiner: (any Examiner)?, ofVideosOf store: Store, _ sampling: FrameSampling, findsMotion: Bool
    ) throws {
        let examination = try FrameExamination(examiner, sampling, findsMotion: findsMotion, of: store)
        sources = examination.sources
        kind = examiner?.kind ?? "tagger"
        source = sources.count == 1 ? sources[0] : "tagger:*"
        descriptorSet = nil
        concurrency = store.options.computeThreads
        isOfVideos = true
        look = { target, cancellation in examination.statements(of: target, cancellation) }
    }
}
