public import Base
public import Catalog
public import Media
public import SystemPackage

/// What is said of one frame of a video.
public struct FrameLabels: Sendable {
    public var number: Int
    /// When it begins to be shown, in seconds from the video's first frame.
    public var time: Double
    /// Their source and run follow from the commit.
    public var labels: [NewLabel]

    public init(_ number: Int, at time: Double, _ labels: [NewLabel]) {
        self.number = number
        self.time = time
        self.labels = labels
    }
}

/// A frame of a video of which something is said, with all that is.
public struct LabelledFrame: Sendable {
    public var number: Int
    public var labels: [Label]
}

extension Store {
    /// A reader of its own of a stored video, for whoever goes through it frame by frame. Blocks.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what is no video; ``EngineError/Code/unsupportedMedia``.
    public func openVideo(
        _ id: EntityID, _ cancellation: Cancellation
    ) throws -> (reader: VideoReader, digest: SHA256Digest) {
        try translating {
            let source = try catalog.read(cancellation) { snapshot in
                try snapshot.frameSource(id, class: Store.videoClass)
            }
            do {
                return (try openReader(source.stored.blob, cancellation), source.stored.digest)
            } catch let error as MediaError {
                // What the bytes' own place reported says more.
                if let cause = error.cause { throw cause }
                throw error
            }
        }
    }

    /// About how many bytes of memory going through a video takes: frames that a decoder keeps, pictures that
    /// are made of one, and the index. 0 for what is not there.
    public func footageByteCount(of id: EntityID) throws -> Int {
        try translating {
            try catalog.read { snapshot in
                guard let known = snapshot.schema.entityClass(of: id), known.name == Store.videoClass,
                    let row = try snapshot.entities(
                        of: known, [id.local], properties: ["width", "height", "frame_count", "bits"]
                    ).first
                else { return 0 }
                func number(_ name: String) -> Int {
                    Int(clamping: row.properties[name]?.integerValue ?? 0)
                }
                let pixels = min(number("width") * number("height"), 1 << 26)
                // 4:2:0 takes one and a half samples a pixel; up to 16 frames are referred to, and some are
                // under way.
                let frames = pixels * 3 / 2 * (number("bits") > 8 ? 2 : 1) * 20
                return frames + pixels * 3 * 4 + number("frame_count") * 40 + 32 << 20
            }
        }
    }

    /// Where a job keeps what it needs only to go on; nothing of it is part of the store.
    public func folder(ofJob id: JobID) -> FilePath { folder(ofWork: "\(id)") }

    /// The same for other work, by a name that is no number of a job.
    public func folder(ofWork name: String) -> FilePath { StoreLayout(directory).jobs.appending(name) }

    /// The frames of a video of which something is said, rising; what kinds of labels say something else of.
    /// Blocks.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/invalidRequest`` for what is no video.
    public func labelledFrames(of id: EntityID) throws -> [LabelledFrame] {
        try translating {
            try catalog.read { snapshot in
                let source = try snapshot.frameSource(id, class: Store.videoClass)
                guard source.part == nil,
                    let joined = snapshot.schema.connectionClass(VideoPartClass.frame.connectionClass),
                    let known = snapshot.schema.entityClass(VideoPartClass.frame.rawValue)
                else { return [] }
                let ids = try snapshot.connections(of: joined, from: id).map(\.target)
                let places = try snapshot.videoPlaces(ids.map(\.local).sorted(), of: known, .frame)
                var found: [LabelledFrame] = []
                for frame in ids {
                    guard let number = places[frame.local]?.frames.lowerBound else { continue }
                    let labels = try snapshot.labels(of: frame)
                    if !labels.isEmpty { found.append(LabelledFrame(number: number, labels: labels)) }
                }
                return found.sorted { $0.number < $1.number }
            }
        }
    }

    /// The labels of a video itself, and the index of its frames. Blocks.
    /// - Throws: as ``openVideo(_:_:)``.
    public func labelsAndIndex(
        ofVideo id: EntityID, _ cancellation: Cancellation
    ) throws -> (labels: [Label], index: FrameIndex) {
        try translating {
            let (source, labels) = try catalog.read(cancellation) { snapshot in
                (try snapshot.frameSource(id, class: Store.videoClass), try snapshot.labels(of: id))
            }
            return (labels, try frameIndex(of: source.stored, cancellation))
        }
    }
}
