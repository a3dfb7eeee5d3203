import Annotations
import Base
import Catalog
import Engine

/// An object that is followed through a video: a label of the kind `track`.
struct SieveObject: Sendable {
    let label: LabelID
    /// What clients know it by; it stays when the object is corrected.
    let objectID: String
    let className: String
    let track: Track
    /// What clients say of it besides.
    let others: Document
    let source: String

    init?(_ label: Label, of video: SieveVideo) {
        guard label.kind == .track, let name = label.name, case .json(let value)? = label.geometry,
            let track = Track(value)
        else { return nil }
        self.label = label.id
        className = name
        self.track = track
        objectID = value.objectValue?["object_id"]?.stringValue ?? "track-\(label.id)"
        others = value.objectValue?["tags"]?.objectValue ?? [:]
        source = label.source
    }

    /// A label that says so.
    static func label(
        _ objectID: String, _ className: String, _ track: Track, _ others: Document, by source: String,
        parent: LabelID? = nil
    ) -> NewLabel {
        var value = track.value.objectValue ?? [:]
        value["object_id"] = .string(objectID)
        if !others.isEmpty { value["tags"] = .object(others) }
        return NewLabel(
            .track, className, geometry: .json(.object(value)), source: source, parent: parent)
    }

    /// The object as Sieve shows it.
    /// - Parameter counts: how many objects of its class there are in each of its frames.
    func document(in footage: SieveFootage, counts: [Int]) -> Document {
        var document = others
        document["_id"] = .string(objectID)
        document["object_id"] = .string(objectID)
        document["class"] = .string(className)
        document["video_name"] = .string(footage.video.name)
        document["project_name"] = .string(footage.video.project)
        document["start_frame"] = .integer(Int64(track.frames.lowerBound))
        document["end_frame"] = .integer(Int64(track.frames.upperBound - 1))
        let shown = Set(footage.numbers).union(track.keyframes.map(\.frame))
        let motions = track.motion { footage.seconds(of: $0) }
        document["temporal"] = .array(
            motions.filter { shown.contains($0.frame) }.map { motion in
                let place = motion.frame - track.frames.lowerBound
                return .object(
                    SieveObject.temporal(motion, count: place < counts.count ? counts[place] : 1))
            })
        return document
    }

    /// What stands in `temporal` of one frame.
    static func temporal(_ motion: TrackMotion, count: Int) -> Document {
        let box = motion.box
        func corner(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
        let centre = (x: box.x + box.width / 2, y: box.y + box.height / 2)
        return [
            "frame_number": .integer(Int64(motion.frame)),
            "bbox": [
                "position": [
                    "x1": .float(box.x), "y1": .float(box.y), "x2": .float(box.right),
                    "y2": .float(box.bottom), "width": .float(box.width), "height": .float(box.height),
                    "area": .float(box.area),
                ],
                "velocity": [
                    "x1": .float(motion.leftVelocity), "y1": .float(motion.topVelocity),
                    "x2": .float(motion.rightVelocity), "y2": .float(motion.bottomVelocity),
                ],
                "speed": [
                    "top_left": .float(corner(motion.leftVelocity, motion.topVelocity)),
                    "bottom_right": .float(corner(motion.rightVelocity, motion.bottomVelocity)),
                ],
            ],
            "center": [
                "position": ["x": .float(centre.x), "y": .float(centre.y)],
                "velocity": ["x": .float(motion.velocity.x), "y": .float(motion.velocity.y)],
                "speed": .float(motion.speed),
            ],
            "count": .integer(Int64(count)),
        ]
    }
}

extension SieveFootage {
    /// A frame as an object of the class `frame`.
    func frameObject(_ frame: Int) -> Document {
        var document = document(of: frame)
        let id = "\(video.jobID)-\(frame)"
        document["_id"] = .string(id)
        document["object_id"] = .string(id)
        document["class"] = "frame"
        document["start_frame"] = .integer(Int64(frame))
        document["end_frame"] = .integer(Int64(frame))
        let box = Box(x: 0, y: 0, width: Double(width), height: Double(height))
        let whole = Track([.init(frame: frame, box: box)])?.motion { _ in 0 } ?? []
        document["temporal"] = .array(
            whole.map { .object(SieveObject.temporal($0, count: 1)) })
        return document
    }

    /// The objects as Sieve shows them, in the order of their beginnings.
    func objectDocuments() -> [(object: SieveObject, document: Document)] {
        let byClass = Dictionary(grouping: objects, by: \.className)
        return objects.sorted {
            ($0.track.frames.lowerBound, $0.label) < ($1.track.frames.lowerBound, $1.label)
        }.map { object in
            let counts = Track.counts(
                of: (byClass[object.className] ?? []).map(\.track), in: object.track.frames)
            return (object, object.document(in: self, counts: counts))
        }
    }
}
