import Base
import Media
import Query

/// What a command wants of a video beyond its stored bytes: another codec or container, other frames or
/// pixels.
struct VideoWork: Sendable, Hashable {
    /// The properties of a video that decide how it is written.
    static let properties = ["bytes", "codec", "container", "width", "height", "rotation"]

    /// `nil` for as it is.
    private let codec: VideoCodec?
    private let container: VideoContainer?
    private let operations: [RequestedOperation]

    /// - Parameters:
    ///   - codec: As the command language names it, such as `h264` or `xvid`; `nil` for as it is.
    ///   - container: Such as `mp4`; `nil` for as it is.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a codec or container that is not written.
    init(_ operations: [RequestedOperation], codec: String?, container: String?) throws {
        self.operations = operations
        self.codec = try codec.map { name in
            guard let codec = VideoCodec(named: name) else {
                throw EngineError(.invalidRequest, "no video is written in the codec '\(name.prefix(20))'")
            }
            return codec
        }
        self.container = try container.map { name in
            guard let container = VideoContainer(rawValue: name) else {
                throw EngineError(.invalidRequest, "no video is written as '\(name.prefix(20))'")
            }
            return container
        }
    }

    /// Whether a video is wanted as it is.
    var isNothing: Bool { operations.isEmpty && codec == nil && container == nil }

    /// How it is done on a part of a video; `nil` where the video's file is what is wanted.
    ///
    /// The codec and the container are those that are wanted, otherwise those of the video, otherwise the
    /// first that goes with the other.
    /// - Parameters:
    ///   - video: The ``properties`` of the video.
    ///   - part: Its frames that are worked on.
    /// - Throws: ``EngineError/Code/invalidOperation``, and ``MediaError`` likewise, for what cannot be done
    ///   on such a video.
    func plan(for video: Document, _ part: Range<Int>, of index: FrameIndex) throws -> VideoPlan? {
        var cut = try FrameCut(part)
        var pixels: [any ImageOperation] = []
        var maxBytes: Int?
        for operation in operations {
            switch operation {
            case .interval(let start, let stop, let step): try cut.take(from: start, to: stop, every: step)
            case .preview(let preview):
                try cut.limit(to: preview, index)
                let limit = preview.maxMegabytes.map { Int(min(max($0 * 1e6, 1), 1e12)) }
                maxBytes = [maxBytes, limit].compactMap { $0 }.min()
            default: pixels.append(try operation.operation())
            }
        }
        let codecIsKept = codec == nil || codec?.rawValue == video["codec"]?.stringValue
        let containerIsKept = container == nil || container?.rawValue == video["container"]?.stringValue
        if let most = maxBytes, let bytes = video["bytes"]?.integerValue, bytes <= most,
            pixels.isEmpty, codecIsKept, containerIsKept, cut.count == index.count
        {
            maxBytes = nil
        }
        let isCopy = pixels.isEmpty && cut.step == 1 && maxBytes == nil && codecIsKept
        if isCopy, containerIsKept, cut.count == index.count { return nil }
        let encoding = encoding(for: video)
        try encoding.check(try size(of: video, pixels, encoding))
        let own = video["container"]?.stringValue.flatMap { VideoContainer(rawValue: $0) }
        return VideoPlan(
            cut: cut, operations: pixels, maxBytes: maxBytes, encoding: encoding,
            copy: isCopy ? container ?? own ?? encoding.container : nil)
    }

    // MARK: - Private

    private func encoding(for video: Document) -> VideoEncoding {
        let ownCodec = video["codec"]?.stringValue.flatMap { VideoCodec(rawValue: $0) }
        let ownContainer = video["container"]?.stringValue.flatMap { VideoContainer(rawValue: $0) }
        if let codec {
            let fitting = ownContainer.flatMap { $0.codecs.contains(codec) ? $0 : nil }
            return VideoEncoding(codec, in: container ?? fitting ?? codec.containers.first ?? .mkv)
        }
        let container = container ?? ownContainer ?? .mp4
        let fitting = ownCodec.flatMap { container.codecs.contains($0) ? $0 : nil }
        return VideoEncoding(fitting ?? container.codecs.first ?? .h264, in: container)
    }

    /// Of the frames that are encoded; `nil` where that of the video is not known.
    private func size(
        of video: Document, _ pixels: [any ImageOperation], _ encoding: VideoEncoding
    ) throws -> PixelSize? {
        guard let width = video["width"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let height = video["height"]?.integerValue.flatMap({ Int(exactly: $0) })
        else { return nil }
        var size = PixelSize(width: width, height: height)
        for operation in pixels { size = try operation.outputSize(of: size) }
        let isTurned = (video["rotation"]?.integerValue ?? 0) % 180 != 0
        guard pixels.isEmpty, isTurned, encoding.container.keepsRotation else { return size }
        return PixelSize(width: height, height: width)
    }
}
