public import Annotations
public import Base
public import Catalog
import Media

/// A box that moves through a video, as a label says.
public struct StoredTrack: Sendable {
    public var label: LabelID
    /// The label class; `nil` where the label names none.
    public var name: String?
    public var track: Track
    public var confidence: Double?
    public var source: String
    public var run: RunID?
    /// The program whose boxes it was made of; `nil` where nothing tells.
    public var seenBy: String?

    /// `nil` for labels of another kind, and those that do not tell where the box is.
    public init?(_ label: Label) {
        guard label.kind == .track, case .json(let value)? = label.geometry, let track = Track(value) else {
            return nil
        }
        self.label = label.id
        name = label.name
        self.track = track
        confidence = label.confidence
        source = label.source
        run = label.run
        seenBy = value.objectValue?["seen_by"]?.stringValue
    }

    /// The track as it is told: `track` (the label's number), `tag`, `start_frame` and `end_frame`, both of
    /// which belong to it, `start_time`, `end_time`, when the last one is no longer shown, `confidence`,
    /// `source`, `seen_by`, `run` and `keyframes`. What it does not have is left out.
    func document(in index: FrameIndex) -> Document {
        var line = head(in: index)
        line.append("keyframes", track.value.objectValue?["keyframes"] ?? .array([]))
        return line
    }

    /// The same with `temporal` in the place of keyframes: an object for each frame, with `frame_number`,
    /// `time`, the box (`bbox`) and its centre, their velocities in pixels a second to the right and down,
    /// the speeds of corners and centre, and `count`, how many tracks of its class there are.
    /// - Parameters:
    ///   - frames: only these.
    ///   - counts: by frame, from the first of `frames` on.
    func expanded(in index: FrameIndex, _ frames: Range<Int>, counts: [Int]) -> Document {
        var line = head(in: index)
        let motions = track.motion { index.seconds(of: min($0, index.count - 1)) }
        line.append(
            "temporal",
            .array(
                motions.filter { frames.contains($0.frame) }.map { motion in
                    StoredTrack.document(
                        motion, at: index.seconds(of: motion.frame),
                        count: counts[motion.frame - frames.lowerBound])
                }))
        return line
    }

    // MARK: - Private

    private func head(in index: FrameIndex) -> Document {
        let (first, last) = (track.frames.lowerBound, track.frames.upperBound - 1)
        var line: Document = ["track": .integer(label)]
        if let name { line.append("tag", .string(name)) }
        line.append("start_frame", .integer(Int64(first)))
        line.append("end_frame", .integer(Int64(last)))
        if last < index.count {
            line.append("start_time", .float(index.seconds(of: first)))
            line.append("end_time", .float(index.end(of: last)))
        }
        if let confidence { line.append("confidence", .float(confidence)) }
        line.append("source", .string(source))
        if let seenBy { line.append("seen_by", .string(seenBy)) }
        if let run { line.append("run", .integer(run)) }
        return line
    }

    private static func document(_ motion: TrackMotion, at time: Double, count: Int) -> Value {
        func speed(_ x: Double, _ y: Double) -> Value { .float((x * x + y * y).squareRoot()) }
        let (box, velocity) = (motion.box, motion.velocity)
        let position: Value = [
            "x1": .float(box.x), "y1": .float(box.y), "x2": .float(box.right), "y2": .float(box.bottom),
            "width": .float(box.width), "height": .float(box.height), "area": .float(motion.area),
        ]
        let sides: Value = [
            "x1": .float(motion.leftVelocity), "y1": .float(motion.topVelocity),
            "x2": .float(motion.rightVelocity), "y2": .float(motion.bottomVelocity),
        ]
        let corners: Value = [
            "top_left": speed(motion.leftVelocity, motion.topVelocity),
            "bottom_right": speed(motion.rightVelocity, motion.bottomVelocity),
        ]
        let centre: Value = [
            "position": ["x": .float(box.x + box.width / 2), "y": .float(box.y + box.height / 2)],
            "velocity": ["x": .float(velocity.x), "y": .float(velocity.y)], "speed": .float(motion.speed),
        ]
        return [
            "frame_number": .integer(Int64(motion.frame)), "time": .float(time),
            "bbox": ["position": position, "velocity": sides, "speed": corners], "center": centre,
            "count": .integer(Int64(count)),
        ]
    }
}

extension Store {
    /// The tracks of a video, or of the one that a clip or frame is of, that are seen within that part: in
    /// the order of their beginning.
    /// - Parameter name: only those of this label class.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what has no frames.
    public func tracks(
        of id: EntityID, class entityClass: String, tag name: String? = nil
    ) async throws -> [StoredTrack] {
        try await read { snapshot in
            let source = try snapshot.frameSource(id, class: entityClass)
            return try snapshot.labels(of: source.video).compactMap(StoredTrack.init).filter { track in
                (name.map { track.name?.hasSameBytes(as: $0) == true } ?? true)
                    && (source.part.map { $0.overlaps(track.track.frames) } ?? true)
            }.sorted {
                ($0.track.frames.lowerBound, $0.label) < ($1.track.frames.lowerBound, $1.label)
            }
        }
    }

    /// The same as objects: with their keyframes or, expanded, where each is in every frame of the part and
    /// how it moves there.
    /// - Throws: as ``tracks(of:class:tag:)``; ``EngineError/Code/unsupportedMedia``.
    public func trackDocuments(
        of id: EntityID, class entityClass: String, tag name: String? = nil, expands: Bool
    ) async throws -> [Document] {
        let tracks = try await tracks(of: id, class: entityClass, tag: name)
        let source = try await read { try $0.frameSource(id, class: entityClass) }
        return try await computePool.run { cancellation in
            let index = try self.frameIndex(of: source.stored, cancellation)
            guard expands else { return tracks.map { $0.document(in: index) } }
            let frames = source.bounds(in: index)
            let groups = Dictionary(grouping: tracks) { $0.name ?? "" }
            let counts = groups.mapValues { Track.counts(of: $0.map(\.track), in: frames) }
            return try tracks.map { track in
                try cancellation.check()
                return track.expanded(in: index, frames, counts: counts[track.name ?? ""] ?? [])
            }
        }
    }
}
