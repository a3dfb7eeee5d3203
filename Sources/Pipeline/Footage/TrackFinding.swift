public import Annotations
public import Base
import Catalog
public import Engine
import Media

/// Follows the boxes of stored videos from frame to frame, and keeps what it finds as tracks.
///
/// Boxes of one program are followed, and what people say in its place (``TrackedBoxes``). The frames that
/// count are those that the program's cascade went through and those that are labelled; one without boxes is
/// one in which nothing was seen. Between them a track's box goes on in a straight line.
public struct TrackFinding: Sendable {
    /// How boxes are followed.
    public enum Method: String, Sendable, CaseIterable {
        case sort, bytetrack

        /// Its rules.
        public var rules: TrackingRules { self == .sort ? .sort : .byteTrack }
        /// What its tracks name as their source; the number is raised with every change.
        public var source: String { "tagger:tracks:\(rawValue)@2" }
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
    ///   - source: only boxes that this one says, named with its version or without. Otherwise of each label
    ///     class the program's that has looked last, with what people say (``TrackedBoxes``).
    ///   - again: whether it is done anew; naming a class or a source does so too.
    /// - Returns: ``StatementOutcome/known`` where it was done; `labelled(0)`, of which nothing is noted,
    ///   where no frame has a box.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/invalidRequest`` for what is no video;
    ///   ``EngineError/Code/readOnly``; ``EngineError/Code/cancelled``.
    public func find(
        in id: EntityID, class entityClass: String, by method: Method?, tag: String? = nil,
        source: String? = nil, again: Bool = false
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
        if used == method, !again, tag == nil, source == nil { return .known }
        return try await TrackFinding.pool.run { cancellation in
            let footage = try LabelledFootage(self.store, id, cancellation)
            let groups = TrackedBoxes.groups(in: footage, tag: tag, source: source)
            let labels = groups.flatMap { TrackFinding.tracks(in: $0, by: method) }.map { track in
                NewLabel(
                    .track, track.name, geometry: .json(track.value), confidence: track.confidence,
                    source: method.source)
            }
            if labels.isEmpty, !known { return .labelled(0) }
            var parameters: Document = ["tracker": .string(method.rawValue)]
            if let tag { parameters.append("tag", .string(tag)) }
            if let source { parameters.append("source", .string(source)) }
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
        /// The program whose boxes it is made of.
        var seenBy: String?

        /// The geometry of its label.
        var value: Value {
            guard let seenBy, var value = track.value.objectValue else { return track.value }
            value.append("seen_by", .string(seenBy))
            return .object(value)
        }
    }

    private static func tracks(in boxes: TrackedBoxes, by method: Method) -> [Found] {
        var names: [String] = []
        var numbers: [String: Int] = [:]
        var tracker = BoxTracker(method.rules)
        var keyframes: [Int: [Track.Keyframe]] = [:]
        var seen: [Int: (classIndex: Int, sum: Double, count: Int)] = [:]
        for (step, sightings) in boxes.frames {
            let detections = sightings.map { sighting in
                let number = numbers[sighting.name] ?? names.count
                if number == names.count {
                    names.append(sighting.name)
                    numbers[sighting.name] = number
                }
                return BoxTracker.Detection(
                    box: sighting.box, classIndex: number, confidence: sighting.confidence)
            }
            for sighting in tracker.next(detections) {
                let detection = detections[sighting.detection]
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
                confidence: min(1, state.sum / Double(state.count)), seenBy: boxes.source)
        }
    }
}
