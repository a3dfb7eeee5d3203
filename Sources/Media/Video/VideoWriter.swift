import CFFmpeg

/// Writes frames or packets into a container. One thread at a time may use it, and its calls block.
///
/// A writer that goes before ``finish()`` leaves in its sink what is of no use.
final class VideoWriter {
    /// What goes in.
    struct Plan {
        var container: VideoContainer
        /// `nil`: packets are copied.
        var encoding: VideoEncoding?
        /// Of the frames as they are stored.
        var size: PixelSize
        /// FFmpeg's name; `nil` for that of the source, or what comes nearest to it.
        var pixelFormat: String?
        /// Whether frames lie as they do in the source: its rotation and the shape of its pixels hold.
        var liesAsSource: Bool
        var timeBase: Ratio
        var rate: Ratio
        /// The most bytes, where the file ends with the frame that would pass them.
        var maxBytes: Int?
        /// Of the sound that is copied, in ticks of the source.
        var stretch: Range<Int64>
    }

    /// What the libraries call back with.
    private final class Target {
        let sink: any VideoSink
        var failure: (any Error)?

        init(_ sink: any VideoSink) { self.sink = sink }
    }

    private let target: Target
    private let handle: OpaquePointer
    // They outlive the handle.
    private let source: VideoDecoder?
    private let sound: VideoDecoder?

    /// Begins the file.
    ///
    /// - Parameters:
    ///   - source: What frames, colours and the shape of pixels come from.
    ///   - sound: Another decoder of the same video, whose sound is copied; the writer reads it.
    /// - Throws: ``MediaError``: `invalidOperation` where it cannot be written so, what the sink throws.
    init(
        _ plan: Plan, like source: VideoDecoder?, sound: VideoDecoder?, to sink: any VideoSink
    ) throws {
        target = Target(sink)
        self.source = source
        self.sound = sound
        var calls = fovea_video_sink()
        calls.context = Unmanaged.passUnretained(target).toOpaque()
        calls.write = { context, offset, bytes, count in
            guard let context, let bytes else { return -1 }
            let target = Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
            do {
                try target.sink.write(
                    UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: Int(offset))
                return 0
            } catch {
                target.failure = error
                return -1
            }
        }
        calls.read = { context, offset, out, count in
            guard let context, let out else { return -1 }
            let target = Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
            do {
                return Int32(
                    try target.sink.read(
                        at: Int(offset), into: UnsafeMutableRawBufferPointer(start: out, count: Int(count))))
            } catch {
                target.failure = error
                return -1
            }
        }
        var writing = fovea_video_writing()
        writing.width = Int32(plan.size.width)
        writing.height = Int32(plan.size.height)
        writing.time_base_numerator = plan.timeBase.numerator
        writing.time_base_denominator = plan.timeBase.denominator
        writing.rate_numerator = plan.rate.numerator
        writing.rate_denominator = plan.rate.denominator
        writing.keeps_rotation = plan.liesAsSource && plan.container.keepsRotation ? 1 : 0
        writing.keeps_shape = plan.liesAsSource ? 1 : 0
        writing.max_bytes = Int64(plan.maxBytes ?? 0)
        writing.sound_from = plan.stretch.lowerBound
        writing.sound_to = plan.stretch.upperBound
        writing.threads = 1
        var encoder: String?
        var options = ""
        if let encoding = plan.encoding {
            try encoding.check()
            encoder = try encoding.codec.encoder(of: plan.size)
            let twoSeconds = Int((2 * plan.rate.value).rounded())
            options = encoding.codec.options(
                encoding, keyframeInterval: encoding.keyframeInterval ?? min(300, max(12, twoSeconds)),
                isImmediate: plan.maxBytes != nil, reorders: plan.container.keepsTimes
            ).joined(separator: ",")
            writing.threads = Int32(encoding.threads)
            writing.needs_even_sizes = encoding.codec == .h264 ? 1 : 0
            // Where the codec does not tell a matrix, Matroska does; MP4 does only of colours told in full.
            let isTold = encoding.codec.tellsColour || plan.container == .mkv
            writing.is_bt601 = encoding.codec == .mjpeg || !isTold ? 1 : 0
            if !encoding.codec.tellsColour {
                writing.range =
                    encoding.codec == .mjpeg ? FOVEA_VIDEO_RANGE_FULL : FOVEA_VIDEO_RANGE_LIMITED
            }
            // More programs know this name than FFmpeg's own.
            if encoding.codec == .mpeg4, plan.container == .avi { writing.tag = 0x4449_5658 }  // XVID
        }
        var opened: OpaquePointer?
        let target = target
        try VideoWriter.check(target, sound) { message in
            VideoWriter.withText(encoder) { encoder in
                plan.container.muxer.withCString { muxer in
                    options.withCString { options in
                        plan.container.muxerOptions.withCString { muxerOptions in
                            (plan.pixelFormat ?? "").withCString { pixelFormat in
                                writing.muxer = muxer
                                writing.encoder = encoder
                                writing.encoder_options = options
                                writing.muxer_options = muxerOptions
                                writing.pixel_format = pixelFormat
                                return fovea_video_writer_open(
                                    &calls, &writing, source?.handle, sound?.handle, &opened, message)
                            }
                        }
                    }
                }
            }
        }
        guard let opened else { throw MediaError(.notWritten, "the video could not be begun") }
        handle = opened
    }

    deinit { fovea_video_writer_close(handle) }

    /// Encodes the frame that the source decoded last.
    func writeFrame(at time: Int64, for duration: Int64) throws {
        try call { fovea_video_writer_frame(handle, source?.handle, time, duration, $0) }
    }

    /// Encodes pixels.
    func write(_ raster: Raster, at time: Int64, for duration: Int64) throws {
        try call { message in
            raster.pixels.withUnsafeBufferPointer { pixels in
                fovea_video_writer_pixels(
                    handle, pixels.baseAddress, Int32(raster.channels), Int32(raster.width),
                    Int32(raster.height), time, duration, message)
            }
        }
    }

    /// Copies the packet that the source read last.
    func copyPacket(at time: Int64, decodedAt decoding: Int64, for duration: Int64) throws {
        try call { fovea_video_writer_packet(handle, source?.handle, time, decoding, duration, $0) }
    }

    /// Writes a packet that was not read from a video.
    func writePacket(_ bytes: [UInt8], at time: Int64, for duration: Int64) throws {
        try call { message in
            bytes.withUnsafeBufferPointer { buffer in
                fovea_video_writer_bytes(
                    handle, buffer.baseAddress, Int64(buffer.count), time, duration, message)
            }
        }
    }

    /// Writes what is still kept back, and the end of the file.
    func finish() throws { try call { fovea_video_writer_finish(handle, $0) } }

    /// What was written: how many packets of pictures, whether `maxBytes` ended them, how much sound.
    var written: (packets: Int, isFull: Bool, sounds: Int, unheldSounds: Int, pixelFormat: String) {
        var told = fovea_video_written()
        fovea_video_writer_tell(handle, &told)
        let format = withUnsafeBytes(of: told.pixel_format) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return (
            Int(told.packet_count), told.is_full != 0, Int(told.sound_count),
            Int(told.unheld_sound_count), format
        )
    }

    // MARK: - Private

    private func call(_ body: (UnsafeMutablePointer<CChar>) -> Int32) throws {
        try VideoWriter.check(target, sound, body)
    }

    private static func check(
        _ target: Target, _ sound: VideoDecoder?, _ body: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws {
        var message = [CChar](repeating: 0, count: 256)
        let outcome = fovea_video_outcome(rawValue: body(&message))
        let text = VideoDecoder.text(message)
        switch outcome {
        case FOVEA_VIDEO_OK: return
        case FOVEA_VIDEO_UNWRITABLE: throw target.failure ?? MediaError(.notWritten, text)
        case FOVEA_VIDEO_CANCELLED: throw MediaError(.cancelled, text)
        case FOVEA_VIDEO_ABSENT: throw MediaError(.unsupported, text)
        case FOVEA_VIDEO_OUT_OF_MEMORY: throw MediaError(.limitExceeded, text)
        case FOVEA_VIDEO_REFUSED: throw MediaError(.invalidOperation, text)
        default: throw MediaError(.malformedInput, text)
        }
    }

    private static func withText<Result>(
        _ text: String?, _ body: (UnsafePointer<CChar>?) throws -> Result
    ) rethrows -> Result {
        guard let text else { return try body(nil) }
        return try text.withCString(body)
    }
}
