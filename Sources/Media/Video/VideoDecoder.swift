import Base
import CFFmpeg

/// A video that is read packet by packet, or frame by frame, as FFmpeg reads it.
///
/// It has one place in the file and one decoder: packets and frames take from the same stream. One thread at
/// a time may use it, and its calls block.
final class VideoDecoder {
    /// A packet of the picture stream.
    struct Packet {
        var presentation: Int64?
        var decoding: Int64?
        var duration: Int64
        var position: Int64?
        var byteCount: Int
        /// Whether frames come of it, and of those behind it, when decoding begins here.
        var mayBegin: Bool
        /// Whether these are the frames that decoding from the file's beginning gives.
        var isKeyframe: Bool
        /// Decoded for others, and never shown.
        var isHidden: Bool
        /// It lacks what every packet of its codec has: something else was written over it.
        var isDamaged: Bool
    }

    /// Where decoding may begin.
    struct Entry: Sendable, Hashable {
        var presentation: Int64?
        var decoding: Int64?
        var position: Int64?
    }

    /// What the libraries call back with.
    private final class Source {
        let bytes: any VideoBytes
        var cancellation: Cancellation?
        var failure: (any Error)?

        init(_ bytes: any VideoBytes) { self.bytes = bytes }
    }

    let facts: VideoFacts
    private let source: Source
    let handle: OpaquePointer
    private var frame = fovea_video_frame()

    /// Opens a video and reads what its head tells.
    /// - Throws: ``MediaError`` for what is no video, or is beyond `options`.
    init(_ bytes: any VideoBytes, _ options: VideoOptions, cancellation: Cancellation?) throws {
        source = Source(bytes)
        source.cancellation = cancellation
        var calls = fovea_video_source()
        calls.context = Unmanaged.passUnretained(source).toOpaque()
        calls.byte_count = Int64(bytes.byteCount)
        calls.read = { context, offset, out, count in
            guard let context, let out else { return -1 }
            let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
            do {
                return Int32(
                    try source.bytes.read(
                        at: Int(offset), into: UnsafeMutableRawBufferPointer(start: out, count: Int(count))))
            } catch {
                source.failure = error
                return -1
            }
        }
        calls.is_cancelled = { context in
            guard let context else { return 0 }
            let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
            return source.cancellation?.isCancelled == true ? 1 : 0
        }
        var settings = fovea_video_options()
        settings.threads = Int32(clamping: options.threads)
        settings.max_pixels = Int64(options.maxPixels)
        settings.max_streams = Int32(clamping: options.maxStreams)
        settings.skips_non_reference = options.frames == .referenced ? 1 : 0
        settings.keyframes_only = options.frames == .keyframes ? 1 : 0
        settings.skips_loop_filter = options.skipsLoopFilter ? 1 : 0
        var opened: OpaquePointer?
        let source = source
        try VideoDecoder.check(source) { fovea_video_open(&calls, &settings, &opened, $0) }
        guard let opened else { throw MediaError(.malformedInput, "it is no video that can be read") }
        handle = opened
        do {
            facts = try VideoFacts(handle, byteCount: bytes.byteCount)
        } catch {
            fovea_video_close(handle)
            throw error
        }
    }

    deinit { fovea_video_close(handle) }

    /// What ends the calls that follow; `nil` for nothing.
    var cancellation: Cancellation? {
        get { source.cancellation }
        set { source.cancellation = newValue }
    }

    /// The next packet of the picture stream; `nil` at the end.
    func nextPacket() throws -> Packet? {
        var packet = fovea_video_packet()
        guard try call({ fovea_video_next_packet(handle, &packet, $0) }) == FOVEA_VIDEO_OK else { return nil }
        return Packet(
            presentation: packet.presentation.time, decoding: packet.decoding.time,
            duration: packet.duration, position: packet.position.time, byteCount: Int(packet.byte_count),
            mayBegin: packet.may_begin != 0, isKeyframe: packet.is_keyframe != 0,
            isHidden: packet.is_hidden != 0,
            isDamaged: packet.is_damaged != 0)
    }

    /// Whether each frame of the codec is a keyframe.
    var isIntraOnly: Bool { fovea_video_is_intra_only(handle) != 0 }

    /// The most frames that are decoded before another and shown behind it; `nil` where that is not known.
    var reordering: Int? {
        let count = Int(fovea_video_reordering(handle))
        return count < 0 ? nil : count
    }

    /// Goes to the beginning of the file.
    func rewind() throws { _ = try call { fovea_video_rewind(handle, $0) } }

    /// Reads packets until that of the keyframe at `entry`, from which ``nextPacket()`` then goes on.
    /// - Returns: `nil` where no way leads there: the place in the file is then anywhere.
    func packet(at entry: Entry) throws -> Packet? {
        for attempt in 0...3 as ClosedRange<Int32> {
            guard try seek(entry, attempt) else { continue }
            while let packet = try nextPacket() {
                if packet.isKeyframe, packet.presentation == entry.presentation { return packet }
                if let decoding = packet.decoding, let wanted = entry.decoding, decoding > wanted { break }
            }
        }
        return nil
    }

    /// Decodes the keyframe at `entry`, and goes on from there.
    /// - Parameters:
    ///   - isCounted: whether only its place in the file says which keyframe it is, as of times that start
    ///     anew.
    ///   - wanted: as of ``nextFrame(towards:)``.
    /// - Returns: `nil` where no way leads there: the place in the file is then anywhere.
    func frame(at entry: Entry, isCounted: Bool, towards wanted: Int64?) throws -> VideoFrame? {
        let presentation = isCounted ? nil : entry.presentation
        let (decoding, position) = (entry.decoding.orNone, entry.position.orNone)
        // Times that start anew lead to other places.
        let attempts: [Int32] =
            isCounted && ["mpegts", "mpeg"].contains(facts.container) ? [2, 3] : [0, 1, 2, 3]
        for attempt in attempts {
            guard try seek(entry, attempt) else { continue }
            let outcome = try call {
                fovea_video_next_frame(
                    handle, wanted.orNone, presentation.orNone, decoding, position, &frame, $0)
            }
            if outcome == FOVEA_VIDEO_OK { return described }
        }
        return nil
    }

    /// Decodes on to the next frame that is shown; `nil` at the end. Damaged packets are passed over.
    /// - Parameter wanted: when a frame is shown of which those before it are left out that no other needs.
    func nextFrame(towards wanted: Int64? = nil) throws -> VideoFrame? {
        let none = Int64?.none.orNone
        let outcome = try call { fovea_video_next_frame(handle, wanted.orNone, none, none, none, &frame, $0) }
        return outcome == FOVEA_VIDEO_OK ? described : nil
    }

    /// CRC-32 (IEEE 802.3) of the first plane of the frame decoded last, the luma plane in nearly all
    /// formats: its samples row by row, without padding, as the processor lays them out.
    func crc() -> UInt32 { fovea_video_luma_crc(handle) }

    /// The luma samples of the frame decoded last: rows of 8-bit or 16-bit samples. `nil` where the format
    /// has no luma plane of its own. Only within `body`.
    func withLuma<Result>(
        _ body: (_ rows: UnsafeRawPointer, _ stride: Int, _ sampleWidth: Int) throws -> Result
    ) rethrows -> Result? {
        guard let luma = frame.luma else { return nil }
        return try body(luma, Int(frame.luma_stride), Int(frame.luma_width))
    }

    /// The planes of the frame decoded last; `nil` where it does not lie in planes of 8 bits. Only within
    /// `body`.
    func withPlanes<Result>(
        _ body: (fovea_video_planes) throws(MediaError) -> Result
    ) throws(MediaError) -> Result? {
        var planes = fovea_video_planes()
        guard fovea_video_tell_planes(handle, &planes) != 0 else { return nil }
        return try body(planes)
    }

    /// The frame decoded last as upright RGB.
    func raster() throws -> Raster {
        let size = PixelSize(width: Int(frame.width), height: Int(frame.height))
        guard size.width > 0, size.height > 0 else {
            throw MediaError(.malformedInput, "a frame has no pixels")
        }
        var outcome: Int32 = 0
        var message = [CChar](repeating: 0, count: 256)
        let byteCount = size.width * size.height * 3
        let pixels = [UInt8](
            unsafeUninitializedCapacity: byteCount + Int(FOVEA_VIDEO_SLACK)
        ) { buffer, count in
            outcome = fovea_video_rgb(
                handle, Int32(size.width), Int32(size.height), buffer.baseAddress, Int64(buffer.count),
                &message)
            count = outcome == 0 ? byteCount : 0
        }
        guard outcome == 0 else { throw MediaError(.unsupported, VideoDecoder.text(message)) }
        let raster = Raster(width: size.width, height: size.height, channels: 3, pixels: pixels)
        return Orientation.upright(raster, orientation: [90: 6, 180: 3, 270: 8][facts.rotation] ?? 1)
    }

    /// - Throws: ``MediaError/Code/unsupported`` where FFmpeg's libraries are missing.
    static func checkLibraries() throws(MediaError) {
        var message = [CChar](repeating: 0, count: 256)
        guard fovea_video_libraries(&message) != FOVEA_VIDEO_OK.rawValue else { return }
        throw MediaError(.unsupported, text(message))
    }

    // MARK: - Private

    /// Goes towards `entry` by one of the ways there are, the last of which is the beginning of the file.
    /// - Returns: whether there is this way.
    private func seek(_ entry: Entry, _ attempt: Int32) throws -> Bool {
        if attempt == 3 {
            try rewind()
            return true
        }
        var message = [CChar](repeating: 0, count: 256)
        let outcome = fovea_video_seek(
            handle, entry.presentation.orNone, entry.decoding.orNone, entry.position.orNone, attempt, &message
        )
        if outcome == FOVEA_VIDEO_CANCELLED.rawValue { throw MediaError(.cancelled, "cancelled") }
        return outcome == FOVEA_VIDEO_OK.rawValue
    }

    private var described: VideoFrame {
        VideoFrame(
            presentation: frame.presentation.time, duration: frame.duration, position: frame.position.time,
            codedSize: PixelSize(width: Int(frame.width), height: Int(frame.height)),
            isKeyframe: frame.is_keyframe != 0, isDamaged: frame.is_damaged != 0,
            kind: VideoFrame.Kind(rawValue: Character(UnicodeScalar(UInt8(bitPattern: frame.kind)))) ?? .other
        )
    }

    private func call(
        _ body: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws -> fovea_video_outcome {
        try VideoDecoder.check(source, body)
    }

    @discardableResult
    private static func check(
        _ source: Source, _ body: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws -> fovea_video_outcome {
        var message = [CChar](repeating: 0, count: 256)
        let outcome = fovea_video_outcome(rawValue: body(&message))
        switch outcome {
        case FOVEA_VIDEO_OK, FOVEA_VIDEO_END, FOVEA_VIDEO_MISSED: return outcome
        case FOVEA_VIDEO_CANCELLED: throw MediaError(.cancelled, "cancelled")
        case FOVEA_VIDEO_TOO_LARGE: throw MediaError(.limitExceeded, text(message))
        case FOVEA_VIDEO_WITHOUT_PICTURES: throw MediaError(.unknownFormat, text(message))
        case FOVEA_VIDEO_ABSENT, FOVEA_VIDEO_UNKNOWN_CODEC: throw MediaError(.unsupported, text(message))
        case FOVEA_VIDEO_UNREADABLE:
            throw MediaError(.malformedInput, text(message), cause: source.failure)
        default: throw MediaError(.malformedInput, text(message))
        }
    }

    static func text(_ message: [CChar]) -> String {
        String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension Int64 {
    /// As the libraries' wrapper says it; `nil` where there is none.
    fileprivate var time: Int64? { self == .min ? nil : self }
}

extension Int64? {
    fileprivate var orNone: Int64 { self ?? .min }
}
