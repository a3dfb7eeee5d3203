public import Base
import Catalog
public import Media

extension Store {
    /// How much moves in a video, and the index of its frames; where something does is kept for questions.
    /// Blocks, and computes about a third of what decoding all of it takes, or less.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what is no video; ``EngineError/Code/invalidOperation`` for
    ///   options that make no sense; ``EngineError/Code/unsupportedMedia``; ``EngineError/Code/cancelled``.
    public func motion(
        in id: EntityID, class entityClass: String, _ motion: MotionOptions, _ cancellation: Cancellation
    ) throws -> (report: MotionReport, index: FrameIndex) {
        try translating {
            let source = try catalog.read(cancellation) { snapshot in
                try snapshot.frameSource(id, class: entityClass)
            }
            guard source.part == nil else {
                throw EngineError(
                    .invalidRequest, "\(id) is a part of the video \(source.video): name that")
            }
            let index = try frameIndex(of: source.stored, cancellation)
            do {
                let report = try MotionScan.run(
                    try videoBytes(of: source.stored.blob, cancellation), motion, video: options.video,
                    index: index, cancellation: cancellation)
                motionTraces.insert(MotionTrace(report), for: source.stored.digest)
                return (report, index)
            } catch let error as MediaError {
                // What the bytes' own place reported says more.
                if let cause = error.cause { throw cause }
                throw error
            }
        }
    }

    /// The intervals of a video, or of the one that a clip or frame is of, within that part: in order, those
    /// of the same beginning by their end and name.
    ///
    /// Each is an object: `tag`, `start_frame` and `end_frame`, both of which belong to it, `start_time` and
    /// `end_time`, when the first frame begins to be shown and when the last one no longer is, in seconds
    /// from the video's beginning, `score`, `value`, `source`, `run` and `label`. What it does not have is
    /// left out.
    /// - Parameter name: only those of this label class.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what has no frames.
    public func intervals(
        of id: EntityID, class entityClass: String, tag name: String? = nil
    ) async throws -> [Document] {
        try await read { snapshot in
            let source = try snapshot.frameSource(id, class: entityClass)
            var found: [(interval: VideoInterval, label: Label)] = []
            for label in try snapshot.labels(of: source.video) {
                guard let interval = VideoInterval(label),
                    name.map({ interval.name.hasSameBytes(as: $0) }) ?? true,
                    source.part.map({ $0.overlaps(interval.frames) }) ?? true
                else { continue }
                found.append((interval, label))
            }
            found.sort { left, right in
                let (one, other) = (left.interval, right.interval)
                return (one.frames.lowerBound, one.frames.upperBound, one.name, left.label.id)
                    < (other.frames.lowerBound, other.frames.upperBound, other.name, right.label.id)
            }
            return found.map { interval, label in
                var line: Document = [
                    "tag": .string(interval.name), "start_frame": .integer(Int64(interval.frames.lowerBound)),
                    "end_frame": .integer(Int64(interval.frames.upperBound - 1)),
                    "start_time": .float(interval.start), "end_time": .float(interval.stop),
                ]
                if let score = interval.score { line.append("score", .float(score)) }
                if let value = interval.value { line.append("value", .float(value)) }
                line.append("source", .string(label.source))
                if let run = label.run { line.append("run", .integer(run)) }
                line.append("label", .integer(label.id))
                return line
            }
        }
    }
}
