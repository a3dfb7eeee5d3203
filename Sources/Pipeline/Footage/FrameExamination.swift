import Base
import Catalog
import Engine

/// Has examiners look at frames of videos, and makes intervals of what they say.
struct FrameExamination: Sendable {
    private let store: Store
    /// What looks at frames; `nil` where nothing does.
    private let examiner: (any Examiner)?
    private let sampling: FrameSampling
    /// Whether videos are looked through for motion as well.
    private let findsMotion: Bool

    /// - Throws: ``EngineError/Code/invalidRequest`` for an examiner that gives vectors, which no interval
    ///   can hold.
    init(
        _ examiner: (any Examiner)?, _ sampling: FrameSampling, findsMotion: Bool, of store: Store
    ) throws {
        if let set = examiner?.descriptorSet { throw FrameExamination.noVectors(set) }
        self.store = store
        self.examiner = examiner
        self.sampling = sampling
        self.findsMotion = findsMotion
    }

    static func noVectors(_ model: String) -> EngineError {
        EngineError(
            .invalidRequest, "the model \(model) gives vectors, which cannot be kept of frames of a video",
            path: "model")
    }

    /// What labels name as their sources.
    var sources: [String] { (examiner?.sources ?? []) + (findsMotion ? [MotionFinding.source] : []) }

    /// What is said of a video, a statement for each of ``sources``; none where it was given up. Blocks, and
    /// computes.
    func statements(of id: EntityID, _ cancellation: Cancellation) -> [Statement] {
        do {
            var statements: [Statement] = []
            if let examiner { statements += try look(at: id, examiner, cancellation) }
            if findsMotion {
                let options = MotionFinding.usualOptions
                let (report, index) = try store.motion(
                    in: id, class: Store.videoClass, options, cancellation)
                let intervals = MotionFinding.intervals(report, in: index, options)
                statements.append(
                    Statement(
                        id, by: MotionFinding.source,
                        labels: intervals.map { $0.label(by: MotionFinding.source) }))
            }
            return statements
        } catch {
            if cancellation.isCancelled { return [] }
            return sources.map { Statement(id, by: $0, failure: "\(error)") }
        }
    }

    // MARK: - Private

    private func look(
        at id: EntityID, _ examiner: any Examiner, _ cancellation: Cancellation
    ) throws -> [Statement] {
        let sources = examiner.sources
        var said = [SampledIntervals](repeating: SampledIntervals(), count: sources.count)
        let (index, bounds) = try store.visitFrames(
            of: id, class: Store.videoClass, sampling.span, cancellation
        ) { index, frames in
            let findings = ForkJoin.map(frames.count) { place in
                Result { try examiner.examine(frames[place].raster) }
            }
            for (frame, found) in zip(frames, findings) {
                for (place, finding) in try found.get().enumerated() {
                    said[place].add(finding.labels, at: frame.number, index)
                }
            }
        }
        return sources.indices.map { place in
            let intervals = said[place].finish(at: bounds.upperBound, index)
            return Statement(
                id, by: sources[place], labels: intervals.map { $0.label(by: sources[place]) })
        }
    }
}
