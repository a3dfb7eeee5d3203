import Base
import Media

/// What is found out of a video when it is added: its facts, and the index of its frames.
struct VideoAnalysis: Sendable {
    /// The container, by the first bytes; `nil` where only FFmpeg knows it.
    var format: VideoFormat?
    var byteCount: Int
    /// `nil` where the head cannot be read.
    var facts: VideoFacts?
    /// `nil` where frames cannot be told.
    var index: FrameIndex?
    /// What is wrong with it, if anything.
    var error: String?

    /// Reads the head and every packet, and decodes the first frame; of packets that are not decoded it is
    /// seen whether something was written over their beginnings. Blocks.
    ///
    /// A file that begins as a video does and cannot be read is kept with what is wrong of it; what does not
    /// even begin as one must be readable.
    /// - Throws: ``MediaError`` for what is no video, is beyond a limit, or where FFmpeg is missing; what
    ///   reading `bytes` throws; for a cancellation.
    init(_ bytes: any VideoBytes, _ options: VideoOptions, cancellation: Cancellation) throws {
        byteCount = bytes.byteCount
        var head = [UInt8](repeating: 0, count: min(VideoFormat.sniffedByteCount, bytes.byteCount))
        let read = try head.withUnsafeMutableBytes { try bytes.read(at: 0, into: $0) }
        head.removeLast(head.count - read)
        format = VideoFormat.sniff(head)
        try VideoReader.checkAvailable()
        do {
            let reader = try VideoReader(bytes, options, cancellation: cancellation)
            facts = reader.facts
            index = try reader.index()
            if index?.count == 0 {
                error = "it has no frames"
            } else if try reader.next() == nil {
                error = "no frame of it can be decoded"
            } else {
                error = index?.damage
            }
        } catch let failure as MediaError {
            switch failure.code {
            case .cancelled, .limitExceeded, .unknownFormat, .noSpace, .notWritten: throw failure
            case .malformedInput, .unsupported, .invalidOperation: break
            }
            // The bytes themselves could not be read: that says nothing of the video.
            if let cause = failure.cause { throw cause }
            guard format != nil || facts != nil else { throw failure }
            error = failure.message
        }
        if let format, try format.isCutShort(bytes) {
            error = "the file ends too early" + (error.map { ": \($0)" } ?? "")
        }
    }

    /// What is filtered on, as the properties of a video.
    ///
    /// `width` and `height` are those of upright frames in pixels, `duration` is in seconds, `frame_count`
    /// comes from the packets, `frame_rate` is the fraction that the container tells and `fps` the mean over
    /// all frames. What could not be had is left out, and `error` says why.
    var properties: Document {
        var properties = Document()
        if let container { properties.append("container", .string(container)) }
        properties.append("bytes", .integer(Int64(byteCount)))
        if let facts {
            properties.append("codec", .string(facts.codec))
            properties.append("width", .integer(Int64(facts.size.width)))
            properties.append("height", .integer(Int64(facts.size.height)))
            if facts.rotation != 0 { properties.append("rotation", .integer(Int64(facts.rotation))) }
            if !facts.pixelFormat.isEmpty { properties.append("pixel_format", .string(facts.pixelFormat)) }
            if facts.bitsPerSample > 0 { properties.append("bits", .integer(Int64(facts.bitsPerSample))) }
            if let aspect = facts.pixelAspect, aspect.numerator != aspect.denominator {
                properties.append("pixel_aspect", .string(aspect.description))
            }
            if let rate = facts.toldRate { properties.append("frame_rate", .string(rate.description)) }
            if facts.bitRate > 0 { properties.append("bit_rate", .integer(Int64(facts.bitRate))) }
            properties.append("audio_tracks", .integer(Int64(facts.audio.count)))
        }
        if let index {
            properties.append("frame_count", .integer(Int64(index.count)))
            properties.append("keyframe_count", .integer(Int64(index.keyframes.count)))
            properties.append("duration", .float(index.duration.seconds))
            if let fps = index.meanRate ?? facts?.toldRate?.value { properties.append("fps", .float(fps)) }
            if index.hasVariableRate { properties.append("variable_rate", true) }
        } else if let duration = facts?.toldDuration {
            properties.append("duration", .float(duration))
        }
        if let error { properties.append("error", .string(error)) }
        return properties
    }

    /// What is shown of one video and never filtered on: its tracks of sound.
    var details: Document {
        guard let facts, !facts.audio.isEmpty else { return [:] }
        return [
            "audio": .array(
                facts.audio.map { audio in
                    var track: Document = [
                        "codec": .string(audio.codec), "channels": .integer(Int64(audio.channels)),
                        "sample_rate": .integer(Int64(audio.sampleRate)),
                    ]
                    if let language = audio.language { track["language"] = .string(language) }
                    return .object(track)
                })
        ]
    }

    private var container: String? {
        format?.rawValue ?? facts.map { String($0.container.prefix { $0 != "," }) }
    }
}

extension VideoFormat {
    /// The media type of a video with these properties; `nil` where none is known.
    static func mediaType(_ properties: Document) -> String? {
        properties["container"]?.stringValue.flatMap(VideoFormat.init(rawValue:))?.mediaType
    }
}
