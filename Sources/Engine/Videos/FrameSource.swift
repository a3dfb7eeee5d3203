import Base
import Catalog
import Media

/// Where frames come from: a video, or the part of one that an entity stands for.
struct FrameSource: Sendable {
    var video: EntityID
    var stored: StoredBytes
    /// `nil` for all frames.
    var part: Range<Int>?

    /// The frames that there are, by the video's index.
    func bounds(in index: FrameIndex) -> Range<Int> {
        part.map { $0.clamped(to: 0..<index.count) } ?? 0..<index.count
    }
}

extension Store {
    /// Whether entities of a class show parts of videos, and have no pixels of their own.
    public static func isPartOfVideo(class entityClass: String) -> Bool {
        VideoPartClass(rawValue: entityClass) != nil
    }
}

extension CatalogSnapshot {
    /// The frames of a video, a clip or a frame.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for entities of another class.
    func frameSource(_ id: EntityID, class entityClass: String) throws -> FrameSource {
        guard let part = VideoPartClass(rawValue: entityClass) else {
            guard entityClass == Store.videoClass else {
                throw EngineError(
                    .invalidRequest,
                    "an entity of the class \(entityClass) has no frames: videos, clips and frames have"
                )
            }
            return FrameSource(video: id, stored: try storedBytes(id, class: entityClass))
        }
        try checkEntity(id, class: entityClass)
        guard let place = try videoPlace(id, part) else {
            throw EngineError(.corrupt, "\(entityClass) \(id) does not tell which video it is of")
        }
        return FrameSource(
            video: place.video, stored: try storedBytes(place.video, class: Store.videoClass),
            part: place.frames)
    }

    /// Which part of which video a clip or a frame is; `nil` where its row does not tell.
    func videoPlace(_ id: EntityID, _ part: VideoPartClass) throws -> VideoPlace? {
        guard let known = schema.entityClass(of: id) else { return nil }
        return try videoPlaces([id.local], of: known, part)[id.local]
    }

    /// The same of several of one class; those whose rows do not tell are missing.
    func videoPlaces(
        _ locals: [LocalID], of known: ClassSchema, _ part: VideoPartClass
    ) throws -> [LocalID: VideoPlace] {
        var places: [LocalID: VideoPlace] = [:]
        for row in try entities(of: known, locals, properties: part.properties) {
            places[row.id.local] = VideoPlace(row.properties, part)
        }
        return places
    }

    /// What a clip or a frame has of its video: the properties that somebody gave to that. None for others.
    func inherited(by id: EntityID) throws -> Document {
        guard let part = schema.entityClass(of: id).flatMap({ VideoPartClass(rawValue: $0.name) }),
            let video = try videoPlace(id, part)?.video
        else { return [:] }
        return try inherited(from: video)
    }

    /// What clips and frames have of a video.
    func inherited(from video: EntityID) throws -> Document {
        guard let row = try entity(video) else { return [:] }
        var inherited = Document()
        for (name, value) in row.properties.members
        where !Store.videoFields.contains(name) && !["url", "urls"].contains(name)
            && name.utf8.first != UInt8(ascii: "_")
        {
            inherited.append(name, value)
        }
        return inherited
    }
}

/// A part of a video: what the row of a clip or a frame says.
struct VideoPlace: Sendable {
    var video: EntityID
    var frames: Range<Int>

    /// `nil` where the properties do not tell.
    init?(_ properties: Document, _ part: VideoPartClass) {
        guard let video = properties["video"]?.stringValue.flatMap({ EntityID($0) }) else { return nil }
        func number(_ name: String) -> Int? { properties[name]?.integerValue.flatMap { Int(exactly: $0) } }
        switch part {
        case .frame:
            guard let number = number("frame_number"), number < .max else { return nil }
            frames = number..<number + 1
        case .clip:
            guard let start = number("start_frame"), let stop = number("stop_frame"), start <= stop else {
                return nil
            }
            frames = start..<stop
        }
        self.video = video
    }
}
