public import Base
import Catalog
public import Engine
import Media

/// Finds in which stretches of stored videos frames are labelled with a class, and keeps them as intervals of
/// that class.
///
/// A frame's score is the greatest confidence of a label of the class there, 1 for a label without one. It
/// holds until the next frame that somebody looked at: those that cascades went through, and all that are
/// labelled. Behind a labelled frame beyond which nobody looked it holds for that frame alone.
public struct IntervalFinding: Sendable {
    private let store: Store

    /// Threads of their own: whoever looks at pixels meanwhile does not wait behind an hour of video.
    private static let pool = BlockingPool(label: "fovea-intervals", threadCount: 2)
    private static let prefix = "tagger:intervals:"

    public init(_ store: Store) { self.store = store }

    /// What the intervals of a class name as their source; the number is raised with every change of how they
    /// are made.
    public static func source(of tag: String) -> String { "\(prefix)\(tag)@1" }

    /// Makes the intervals of a class, unless that was done, and keeps them: durable when it returns.
    /// - Parameters:
    ///   - again: whether they are made anew that were made already.
    ///   - rule: other than the usual one; then they are made anew too.
    /// - Returns: ``StatementOutcome/known`` where it was done; `labelled(0)`, of which nothing is noted,
    ///   where no frame has such a label.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/invalidRequest`` for what is no video;
    ///   ``EngineError/Code/readOnly``; ``EngineError/Code/cancelled``.
    public func find(
        _ tag: String, in id: EntityID, class entityClass: String, again: Bool = false,
        rule: IntervalRule? = nil
    ) async throws -> StatementOutcome {
        guard entityClass == Store.videoClass else {
            throw EngineError(
                .invalidRequest,
                "intervals are made of a whole video, and not of an entity of the class \(entityClass)")
        }
        _ = try await store.entity(id, class: entityClass)
        let source = IntervalFinding.source(of: tag)
        let known = try await store.examinations(of: id).contains { $0.source.hasSameBytes(as: source) }
        if known, !again, rule == nil { return .known }
        return try await IntervalFinding.pool.run { cancellation in
            let rule = rule ?? IntervalRule()
            let intervals = try self.intervals([tag], of: id, rule, cancellation)[tag] ?? []
            if intervals.isEmpty, !known { return .labelled(0) }
            var commit = StatementCommit(
                kind: "tagger", source: source, parameters: rule.document, replaces: true)
            let statement = Statement(id, by: source, labels: intervals.map { $0.label(by: source) })
            let outcome = try store.commit([statement], &commit)[0]
            if let run = commit.run { try store.finish(run: run) }
            return outcome
        }
    }

    /// Makes the intervals of classes anew of which frames were just labelled, and of those that the video
    /// had some of, as a part of the same run. Blocks.
    func follow(
        _ id: EntityID, _ classes: Set<String>, _ commit: inout StatementCommit, _ cancellation: Cancellation,
        rule: IntervalRule = IntervalRule()
    ) throws {
        let (labels, _) = try store.labelsAndIndex(ofVideo: id, cancellation)
        let known = labels.filter { $0.source.utf8.starts(with: IntervalFinding.prefix.utf8) }.compactMap(
            \.name)
        let tags = classes.union(known).sorted()
        let intervals = try intervals(tags, of: id, rule, cancellation)
        let statements = tags.map { tag in
            let source = IntervalFinding.source(of: tag)
            return Statement(
                id, by: source, labels: (intervals[tag] ?? []).map { $0.label(by: source) })
        }
        _ = try store.commit(statements, &commit)
    }

    // MARK: - Private

    private func intervals(
        _ tags: [String], of id: EntityID, _ rule: IntervalRule, _ cancellation: Cancellation
    ) throws -> [String: [VideoInterval]] {
        let footage = try LabelledFootage(store, id, cancellation)
        var found: [String: [VideoInterval]] = [:]
        for tag in tags {
            found[tag] = rule.intervals(tag, footage.scores(of: tag), in: footage.index)
        }
        return found
    }
}

/// What is said of the frames of a video, and which of them somebody looked at.
struct LabelledFootage {
    let index: FrameIndex
    let frames: [LabelledFrame]
    /// Frames that cascades went through, rising.
    let lookedAt: [Int]
    /// The same for each cascade by its source.
    let lookedAtBy: [String: [Int]]

    /// Blocks.
    init(_ store: Store, _ id: EntityID, _ cancellation: Cancellation) throws {
        let (labels, index) = try store.labelsAndIndex(ofVideo: id, cancellation)
        self.index = index
        frames = try store.labelledFrames(of: id).filter { $0.number < index.count }
        var lookedAtBy: [String: [Int]] = [:]
        for label in labels where label.kind == .class {
            guard label.source.utf8.starts(with: "cascade:".utf8), case .json(let report)? = label.geometry
            else {
                continue
            }
            let rate = report.objectValue?["fps"]?.floatValue
            lookedAtBy[label.source] = rate.map { index.frames(atRate: $0) } ?? Array(0..<index.count)
        }
        self.lookedAtBy = lookedAtBy
        lookedAt = Set(lookedAtBy.values.joined()).sorted()
    }

    /// The scores of a class, frame by frame, rising.
    func scores(of tag: String) -> [(frame: Int, score: Double)] {
        var scores: [Int: Double] = [:]
        for frame in lookedAt { scores[frame] = 0 }
        for frame in frames {
            let next = frame.number + 1
            // Behind what nobody looked at nothing is known.
            if next < index.count, scores[next] == nil, !isBetween(frame.number) { scores[next] = 0 }
        }
        for frame in frames {
            for label in frame.labels where label.name?.hasSameBytes(as: tag) == true {
                let score = max(label.confidence ?? 1, .leastNonzeroMagnitude)
                scores[frame.number] = max(scores[frame.number] ?? 0, score)
            }
            scores[frame.number] = scores[frame.number] ?? 0
        }
        return scores.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether a frame is one that a cascade went through, so that its score holds until the next such.
    private func isBetween(_ frame: Int) -> Bool {
        var (low, high) = (0, lookedAt.count)
        while low < high {
            let middle = (low + high) / 2
            if lookedAt[middle] < frame { low = middle + 1 } else { high = middle }
        }
        return low < lookedAt.count && lookedAt[low] == frame
    }
}
