public import Base
import Catalog
public import Media
public import SystemPackage

/// A part of a video that is to be written to a file.
public struct VideoCutRequest: Sendable {
    public var id: EntityID
    public var entityClass: String
    /// Of a clip, counted from its beginning.
    public var part: VideoPart
    /// Where it goes, absolute; its ending says which container it is.
    public var file: FilePath
    /// Whether packets are copied, from the keyframe before the first frame on; otherwise frames are encoded.
    public var copies: Bool
    /// What frames are encoded by; `nil` for the container's usual.
    public var codec: VideoCodec?
    /// Of encoded frames, from 0 to 100.
    public var quality: Int

    public init(
        _ id: EntityID, class entityClass: String, _ part: VideoPart, to file: FilePath, copies: Bool = false,
        codec: VideoCodec? = nil, quality: Int = 75
    ) {
        self.id = id
        self.entityClass = entityClass
        self.part = part
        self.file = file
        self.copies = copies
        self.codec = codec
        self.quality = quality
    }
}

extension Store {
    /// Writes a part of a video to a file, whole or not at all: exactly the frames asked for, or with copied
    /// packets those from the keyframe before on.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidOperation`` for a part without frames, and for what the container cannot
    ///   hold; ``EngineError/Code/unsupportedMedia``; ``EngineError/Code/diskFull``.
    public func cut(_ request: VideoCutRequest) async throws -> VideoRendering {
        let ending = request.file.extension ?? ""
        guard let container = VideoContainer(rawValue: ending.lowercased()) else {
            let known = VideoContainer.allCases.map(\.rawValue).joined(separator: ", ")
            throw EngineError(
                .invalidOperation, "a video is written as \(known): '\(ending)' is none of them", path: "file"
            )
        }
        let source = try await read { try $0.frameSource(request.id, class: request.entityClass) }
        return try await computePool.run { cancellation in
            try translating {
                do {
                    let reader = try self.openReader(source.stored.blob, cancellation)
                    let index = try reader.index()
                    let bounds = source.bounds(in: index)
                    let output: VideoRequest.Output =
                        request.copies
                        ? .copied(container)
                        : .encoded(
                            VideoEncoding(
                                request.codec ?? container.codecs.first ?? .h264, in: container,
                                quality: request.quality, threads: self.options.computeThreads))
                    let part = try request.part.within(bounds, of: index)
                    let sink = try VideoFile(request.file.string)
                    let rendering = try reader.render(
                        VideoRequest(
                            .frames(from: part.lowerBound, to: part.upperBound), output: output,
                            maxPixels: self.options.maxPixels), to: sink)
                    try sink.commit()
                    return rendering
                } catch let error as MediaError {
                    // What the bytes' own place reported says more.
                    if let cause = error.cause { throw cause }
                    throw error
                }
            }
        }
    }

    /// Adds a clip: a stretch of a video without a copy of it, durable when it returns.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidOperation`` for a part without frames; what
    ///   ``checkGiven(_:labels:captions:)`` throws.
    public func addClip(
        of video: EntityID, _ part: VideoPart, properties: Document = Document(), label: String? = nil,
        by source: String
    ) async throws -> Document {
        try checkWritable()
        try checkGiven(properties, labels: label.map { [$0] } ?? [])
        if let taken = properties.keys.first(where: { VideoPartClass.clip.properties.contains($0) }) {
            throw EngineError(
                .invalidRequest, "'\(taken)' says where a clip lies, and follows from its frames",
                path: "properties.\(taken)")
        }
        let stored = try await read { try $0.frameSource(video, class: Store.videoClass) }
        let (index, frames) = try await computePool.run { cancellation in
            let index = try self.frameIndex(of: stored.stored, cancellation)
            return try translating { (index, try part.frames(in: index)) }
        }
        let times = (start: index.seconds(of: frames.lowerBound), stop: index.end(of: frames.upperBound - 1))
        let id = try await change { transaction in
            guard try transaction.exists(video) else {
                throw EngineError(.gone, "the video \(video) was deleted", path: "video")
            }
            let id = try transaction.addClip(of: video, frames, times: times, properties)
            if let label {
                try transaction.addLabel(NewLabel(.class, label, source: source), to: id)
            }
            return id
        }
        return [
            "_uniqueid": .string(id.description), "video": .string(video.description),
            "start_frame": .integer(Int64(frames.lowerBound)),
            "stop_frame": .integer(Int64(frames.upperBound)), "start_time": .float(times.start),
            "stop_time": .float(times.stop),
        ]
    }
}

extension VideoPart {
    /// The frames of this part of `bounds`, as numbers of the video.
    fileprivate func within(_ bounds: Range<Int>, of index: FrameIndex) throws -> Range<Int> {
        guard bounds != 0..<index.count, !bounds.isEmpty else { return try frames(in: index) }
        let start = index.seconds(of: bounds.lowerBound)
        let length = index.end(of: bounds.upperBound - 1) - start
        let found: Range<Int>
        switch self {
        case .all: return bounds
        case .frames(let from, let to):
            let first = from.addingReportingOverflow(bounds.lowerBound)
            let end = to.addingReportingOverflow(bounds.lowerBound)
            found = try VideoPart.frames(
                from: first.overflow ? .max : first.partialValue, to: end.overflow ? .max : end.partialValue
            ).frames(in: index)
        case .seconds(let from, let to):
            found = try VideoPart.seconds(from: start + from, to: start + to).frames(in: index)
        case .fractions(let from, let to):
            found = try VideoPart.seconds(from: start + from * length, to: start + to * length)
                .frames(in: index)
        }
        let part = found.clamped(to: bounds)
        guard !part.isEmpty else {
            throw EngineError(.invalidOperation, "that part of the clip has no frames")
        }
        return part
    }
}
