public import Annotations
public import Base
import Catalog
public import Engine
import Media

/// Follows the boxes of stored videos from frame to frame, and keeps what it finds as tracks.
///
/// The frames that count are those that cascades went through and those that are labelled; one without boxes
/// is one in which nothing was seen. Between them a track's box goes on in a straight line.
public struct TrackFinding: Sendable {
    /// How boxes are followed.
    public enum Method: String, Sendable, CaseIterable {
        case sort, bytetrack

        /// Its rules.
        public var rules: TrackingRules { self == .sort ? .sort : .byteTrack }
        /// What its tracks name as their source; the number is raised with every change.
        public var source: String { "tagger:tracks:\(rawValue)@1" }
    }

    private let store: Store

    /// Threads of their own: whoever looks at pixels meanwhile does not wait behind an hour of video.
    private static let pool = BlockingPool(label: "fovea-tracks", threadCount: 2)

    public init(_ store: Store) { self.store = store }

    /// Follows the boxes of a video unless that was done, and keeps the tracks: durable when it returns.
    /// Tracks of the other method give way.
    /// - Parameters:
    ///   - method: `nil` for the one by which the tracks were found that there are, ``Method/sort`` at first.
    ///   - tag: only boxes of this label class; all of them otherwise.
    ///   - again: whether it is done anew; naming a class does so too.
    /// - Returns: ``StatementOutcome/known`` where it was done; `labelled(0)`, of which nothing is noted,
    ///   where no frame has a box.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/invalidRequest`` for what is no video;
    ///   ``EngineError/Code/readOnly``; ``EngineError/Code/cancelled``.
    public func find(
        in id: EntityID, class entityClass: String, by method: Method?, tag: String? = nil,
        again: Bool = false
    ) async throws -> StatementOutcome {
        guard entityClass == Store.videoClass else {
            throw EngineError(
                .invalidRequest,
                "tracks are made of a whole video, and not of an entity of the class \(entityClass)")
        }
        _ = try await store.entity(id, class: entityClass)
        // Of several the one that was used last: the others' tracks gave way.
        let used = try await store.examinations(of: id).sorted { $0.run ?? 0 < $1.run ?? 0 }.compactMap {
            seen in
            Method.allCases.first { $0.source.hasSameBytes(as: seen.source) && seen.labelCount > 0 }
        }.last
        let method = method ?? used ?? .sort
        let known = used != nil
        if used == method, !again, tag == nil { return .known }
        return try await TrackFinding.pool.run { cancellation in
            let footage = try LabelledFootage(self.store, id, cancellation)
            let labels = TrackFinding.tracks(in: footage, by: method, tag: tag).map { track in
                NewLabel(
                    .track, track.name, geometry: .json(track.track.value), confidence: track.confidence,
                    source: method.source)
            }
            if labels.isEmpty, !known { return .labelled(0) }
            var parameters: Document = ["tracker": .string(method.rawValue)]
            if let tag { parameters.append("tag", .string(tag)) }
            var commit = StatementCommit(
                kind: "tagger", source: method.source, parameters: parameters, replaces: true)
            let others = Method.allCases.filter { $0 != method }.map { Statement(id, by: $0.source) }
            let outcomes = try self.store.commit(
                [Statement(id, by: method.source, labels: labels)] + others, &commit)
            if let run = commit.run { try self.store.finish(run: run) }
            return outcomes[0]
        }
    }

    // MARK: - Private

    private struct Found {
        var name: String
        var track: Track
        var confidence: Double?
    }

    private static func tracks(in footage: LabelledFootage, by method: Method, tag: String?) -> [Found] {
        var names: [String] = []
        var numbers: [String: Int] = [:]
        var tracker = BoxTracker(method.rules)
        var keyframes: [Int: [Track.Keyframe]] = [:]
        var seen: [Int: (classIndex: Int, sum: Double, count: Int)] = [:]
        var labelled = footage.frames[...]
        for step in footage.steps {
            var boxes: [BoxTracker.Detection] = []
            if let frame = labelled.first, frame.number == step {
                labelled.removeFirst()
                // What is there is said, and not where: nothing was looked for, and nothing missed.
                guard frame.labels.contains(where: { $0.kind == .box }) else { continue }
                for label in frame.labels where label.kind == .box {
                    guard let name = label.name, tag.map({ name.hasSameBytes(as: $0) }) ?? true,
                        let box = label.box
                    else { continue }
                    let number = numbers[name] ?? names.count
                    if number == names.count {
                        names.append(name)
                        numbers[name] = number
                    }
                    boxes.append(
                        BoxTracker.Detection(box: box, classIndex: number, confidence: label.confidence ?? 1))
                }
            }
            for sighting in tracker.next(boxes) {
                let detection = boxes[sighting.detection]
                keyframes[sighting.track, default: []].append(Track.Keyframe(frame: step, box: sighting.box))
                let before = seen[sighting.track] ?? (detection.classIndex, 0, 0)
                seen[sighting.track] = (
                    before.classIndex, before.sum + detection.confidence, before.count + 1
                )
            }
        }
        return keyframes.sorted { $0.key < $1.key }.compactMap { number, keyframes in
            guard let state = seen[number], let track = Track(keyframes) else { return nil }
            return Found(
                name: names[state.classIndex], track: track,
                confidence: min(1, state.sum / Double(state.count)))
        }
    }
}

extension Label {
    /// The box that it tells of.
    fileprivate var box: Box? {
        guard case .json(let value)? = geometry else { return nil }
        return Region.Geometry(value, .box)?.bounds
    }
}
