import Annotations
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
    /// Shorter pauses do not end an interval, in seconds.
    public static let longestGap = 1.0
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
    /// - Parameter again: whether it is looked through that was already, and what was found before gives way.
    /// - Returns: ``StatementOutcome/known`` where it had been looked through.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what is no video; ``EngineError/Code/unsupportedMedia`` for
    ///   one that cannot be decoded, which is noted; ``EngineError/Code/readOnly``;
    ///   ``EngineError/Code/cancelled``.
    public func find(
        in id: EntityID, class entityClass: String, again: Bool = false
    ) async throws -> StatementOutcome {
        try store.checkWritable()
        _ = try await store.entity(id, class: entityClass)
        let known = try await store.examinations(of: id).contains {
            $0.source == MotionFinding.source && $0.error == nil
        }
        if known, !again { return .known }
        let (store, options) = (store, options)
        return try await MotionFinding.pool.run { cancellation in
            var commit = StatementCommit(kind: "tagger", source: MotionFinding.source, replaces: again)
            do {
                let (report, index) = try store.motion(
                    in: id, class: entityClass, options, cancellation)
                let intervals = MotionFinding.intervals(report, in: index, options)
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
        _ report: MotionReport, in index: FrameIndex, _ options: MotionOptions
    ) -> [VideoInterval] {
        let tick = VideoTime(1, index.timeBase).seconds
        guard index.count > 0, tick > 0,
            let smoothing = IntervalSmoothing(
                high: options.high, low: options.low, longestGap: Int64((longestGap / tick).rounded()))
        else { return [] }
        let times = index.presentations
        let samples = report.samples.map {
            IntervalSmoothing.Sample(time: times[$0.frame], score: $0.score)
        }
        return smoothing.intervals(of: samples, end: times[index.count - 1] + index.lastDuration).map {
            let first = index.frame(shownAt: VideoTime($0.time.lowerBound, index.timeBase).seconds) ?? 0
            let last = index.frame(shownAt: VideoTime($0.time.upperBound - 1, index.timeBase).seconds) ?? 0
            return VideoInterval(
                tag, first..<last + 1, start: index.seconds(of: first), stop: index.end(of: last),
                score: $0.score)
        }
    }
}
