public import Base
import Catalog
public import Engine
public import Media

/// Finds in which stretches of stored videos something moves, and keeps them as intervals of one tag.
public struct MotionFinding: Sendable {
    /// The label class of the intervals.
    public static let tag = "motion"
    /// What the labels name as their source; the number is raised with every change of a formula or a bound.
    public static let source = "tagger:motion@1"
    static let usualOptions = MotionOptions()

    private let store: Store
    private let options: MotionOptions

    /// Threads of their own: whoever looks at pixels meanwhile does not wait behind an hour of video.
    private static let pool = BlockingPool(label: "fovea-footage", threadCount: ProcessorCount.available)

    public init(_ store: Store, _ options: MotionOptions = MotionOptions()) {
        self.store = store
        self.options = options
    }

    /// How much moves in the frames of a video that are looked at. Nothing is kept.
    ///
    /// Each is an object: `frame`, `time` in seconds from the video's first frame, `score`, the share of the
    /// picture that moves, `cells`, the column and row of each cell in which something does, where there are
    /// such, and `cut` where the picture was replaced.
    /// - Throws: as ``find(in:class:again:)``.
    public func samples(of id: EntityID, class entityClass: String) async throws -> [Document] {
        let (store, options) = (store, options)
        return try await MotionFinding.pool.run { cancellation in
            let (report, index) = try store.motion(
                in: id, class: entityClass, options, cancellation)
            return report.samples.map { sample in
                var line: Document = [
                    "frame": .integer(Int64(sample.frame)), "time": .float(index.seconds(of: sample.frame)),
                    "score": .float(sample.score),
                ]
                var cells: [Value] = []
                for row in 0..<sample.grid.rows where sample.grid.count > 0 {
                    for column in 0..<sample.grid.columns where sample.grid[column, row] {
                        cells.append([.integer(Int64(column)), .integer(Int64(row))])
                    }
                }
                if !cells.isEmpty { line.append("cells", .array(cells)) }
                if sample.isCut { line.append("cut", true) }
                return line
            }
        }
    }

    /// Looks through a video unless that was done, and keeps what was found: durable when it returns.
    /// - Parameters:
    ///   - again: whether it is looked through that was already, and what was found before gives way.
    ///   - rule: how scores become intervals; other than the usual ones, a video is looked through again.
    /// - Returns: ``StatementOutcome/known`` where it had been looked through.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what is no video; ``EngineError/Code/unsupportedMedia`` for
    ///   one that cannot be decoded, which is noted; ``EngineError/Code/readOnly``;
    ///   ``EngineError/Code/cancelled``.
    public func find(
        in id: EntityID, class entityClass: String, again: Bool = false, rule: IntervalRule? = nil
    ) async throws -> StatementOutcome {
        let again = again || rule != nil
        try store.checkWritable()
        _ = try await store.entity(id, class: entityClass)
        let known = try await store.examinations(of: id).contains {
            $0.source == MotionFinding.source && $0.error == nil
        }
        if known, !again { return .known }
        let store = store
        var options = options
        if let high = rule?.high { options.high = high }
        options.low = rule?.low ?? min(options.low, options.high)
        guard options.low <= options.high else {
            throw EngineError(
                .invalidRequest, "'low' must not be above 'high', which is \(options.high)", path: "low")
        }
        let (scan, smoothing) = (options, rule ?? IntervalRule())
        return try await MotionFinding.pool.run { cancellation in
            var commit = StatementCommit(
                kind: "tagger", source: MotionFinding.source, parameters: smoothing.document, replaces: again)
            do {
                let (report, index) = try store.motion(
                    in: id, class: entityClass, scan, cancellation)
                let intervals = MotionFinding.intervals(report, in: index, scan, smoothing)
                let statement = Statement(
                    id, by: MotionFinding.source,
                    labels: intervals.map { $0.label(by: MotionFinding.source) })
                let outcome = try store.commit([statement], &commit)[0]
                if let run = commit.run { try store.finish(run: run) }
                return outcome
            } catch let error as EngineError where error.code == .unsupportedMedia {
                _ = try store.commit(
                    [Statement(id, by: MotionFinding.source, failure: error.message)], &commit)
                throw error
            }
        }
    }

    // MARK: - Private

    /// The stretches in which something moves.
    static func intervals(
        _ report: MotionReport, in index: FrameIndex, _ options: MotionOptions,
        _ rule: IntervalRule = IntervalRule()
    ) -> [VideoInterval] {
        var rule = rule
        (rule.high, rule.low) = (options.high, options.low)
        return rule.intervals(tag, report.samples.map { ($0.frame, $0.score) }, in: index)
    }
}
