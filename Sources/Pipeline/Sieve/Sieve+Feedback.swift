import Annotations
public import Base
import Catalog
import Engine

/// What became of the parts of some feedback.
public struct SieveFeedback: Sendable {
    /// `object_id` of what was added, corrected or removed.
    public var successful: [String] = []
    /// What was left as it was: the part, or what names it, and why.
    public var skipped: [(part: Value, reason: String)] = []
}

/// What people say of objects: that one is missing, wrong, or not there.
extension Sieve {
    /// Adds objects: `class`, `video_name`, and `temporal`, a list of `frame_number` and `bbox.position`;
    /// what else they have becomes their tags. One that makes no sense is skipped.
    public func add(
        _ additions: [Value], to project: SieveProject, by source: String
    ) async throws -> SieveFeedback {
        let footage = try await footage(of: project)
        var (feedback, labels) = (SieveFeedback(), [(NewLabel, EntityID)]())
        for addition in additions {
            do throws(EngineError) {
                guard let object = addition.objectValue else { throw Sieve.wrong("it is no object") }
                guard let name = object["class"]?.stringValue, !name.isEmpty, name != "frame" else {
                    throw Sieve.wrong("'class' must be a text, and not 'frame'")
                }
                let video = object["video_name"]?.stringValue
                guard let footage = footage.first(where: { $0.video.name == video }),
                    let media = footage.video.media, !footage.video.isImage
                else { throw Sieve.wrong("the project has no finished video of that 'video_name'") }
                let track = try Sieve.track(object["temporal"], in: footage)
                let id = Sieve.freshID()
                labels.append(
                    (SieveObject.label(id, name, track, Sieve.others(object), by: source), media))
                feedback.successful.append(id)
            } catch {
                feedback.skipped.append((addition, error.message))
            }
        }
        try await store.change { [labels] transaction in
            for (label, media) in labels { try transaction.addLabel(label, to: media) }
        }
        return feedback
    }

    /// Corrects objects: each names its `object_id`, and what is to be otherwise. One of a class that no
    /// object of the project has is skipped, unless `newClasses`.
    public func correct(
        _ corrections: [Value], in project: SieveProject, newClasses: Bool, by source: String
    ) async throws -> SieveFeedback {
        let footage = try await footage(of: project)
        let classes = Set(footage.flatMap { $0.objects.map(\.className) })
        var (feedback, labels) = (SieveFeedback(), [(NewLabel, EntityID)]())
        for correction in corrections {
            do throws(EngineError) {
                guard let fields = correction.objectValue, let id = fields["object_id"]?.stringValue else {
                    throw Sieve.wrong("'object_id' is missing")
                }
                let (footage, object) = try Sieve.object(id, in: footage)
                let name = fields["class"]?.stringValue ?? object.className
                guard newClasses || classes.contains(name) else {
                    throw Sieve.wrong(
                        "no object is of the class '\(name.prefix(100))' yet: incorporate_new_classes takes it"
                    )
                }
                let track =
                    fields["temporal"] == nil
                    ? object.track : try Sieve.track(fields["temporal"], in: footage)
                var others = object.others
                for (key, value) in Sieve.others(fields).members { others[key] = value }
                guard let media = footage.video.media else { continue }
                labels.append(
                    (
                        SieveObject.label(id, name, track, others, by: source, parent: object.label), media
                    ))
                feedback.successful.append(id)
            } catch {
                feedback.skipped.append((correction, error.message))
            }
        }
        try await store.change { [labels] transaction in
            for (label, media) in labels { try transaction.addLabel(label, to: media) }
        }
        return feedback
    }

    /// Removes objects by their `object_id`.
    public func remove(
        _ removals: [Value], from project: SieveProject, by source: String
    ) async throws -> SieveFeedback {
        let footage = try await footage(of: project)
        var (feedback, labels) = (SieveFeedback(), [LabelID]())
        for removal in removals {
            do throws(EngineError) {
                guard let id = removal.stringValue else { throw Sieve.wrong("it is no text") }
                let label = try Sieve.object(id, in: footage).1.label
                guard !labels.contains(label) else { throw Sieve.wrong("it comes twice") }
                labels.append(label)
                feedback.successful.append(id)
            } catch {
                feedback.skipped.append((removal, error.message))
            }
        }
        try await store.change { [labels] transaction in
            for label in labels { try transaction.removeLabel(label, source: source) }
        }
        return feedback
    }

    // MARK: - Private

    private static func wrong(_ message: String) -> EngineError { EngineError(.invalidRequest, message) }

    private static func object(
        _ id: String, in footage: [SieveFootage]
    ) throws(EngineError) -> (SieveFootage, SieveObject) {
        for footage in footage {
            if let object = footage.objects.first(where: { $0.objectID == id }) { return (footage, object) }
        }
        throw wrong("the project has no object '\(id.prefix(100))'; tags of frames are measured")
    }

    /// What an object says of itself besides its class and place.
    private static func others(_ object: Document) -> Document {
        let own = [
            "class", "video_name", "project_name", "temporal", "object_id", "_id", "start_frame", "end_frame",
        ]
        return Document(object.members.filter { !own.contains($0.key) }.map { ($0.key, $0.value) })
    }

    private static func track(_ value: Value?, in footage: SieveFootage) throws(EngineError) -> Track {
        guard let entries = value?.arrayValue, !entries.isEmpty, entries.count <= 1_000_000 else {
            throw wrong("'temporal' must be a list of at least one frame")
        }
        var keyframes: [Track.Keyframe] = []
        for entry in entries {
            guard let entry = entry.objectValue,
                let frame = entry["frame_number"]?.integerValue.flatMap({ Int(exactly: $0) }),
                frame >= 0, frame < footage.frameCount
            else { throw wrong("'frame_number' must be that of a frame of the video") }
            let place = entry["bbox"]?.objectValue?["position"]?.objectValue
            func number(_ name: String) -> Double? { place?[name]?.floatValue }
            guard let x1 = number("x1"), let y1 = number("y1"), let x2 = number("x2"),
                let y2 = number("y2"), x1 < x2, y1 < y2
            else {
                throw wrong(
                    "'bbox.position' must have x1, y1, x2 and y2, x1 left of x2 and y1 above y2")
            }
            keyframes.append(
                .init(frame: frame, box: Box(x: x1, y: y1, width: x2 - x1, height: y2 - y1)))
        }
        guard let track = Track(keyframes) else { throw wrong("a frame comes twice, or a number is none") }
        return track
    }
}
