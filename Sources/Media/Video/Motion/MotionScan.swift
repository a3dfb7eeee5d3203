public import Base

/// Looks through a video for motion: see docs/video-motion.md for each step and its formula.
///
/// Memory is bounded by that of one decoder, two where refinement is exact, and some 60 bytes a sample.
public enum MotionScan {
    /// Looks through a whole video. Blocks, and takes about a third of what decoding all of it takes, or
    /// less.
    ///
    /// - Parameters:
    ///   - video: limits, and threads of the decoder; which frames it decodes is decided here.
    ///   - index: what ``VideoReader/index()`` gave for the same bytes before.
    /// - Throws: ``MediaError``: `invalidOperation` for options that make no sense, `cancelled`, and as
    ///   ``VideoReader``. Frames that are damaged are taken as they come.
    public static func run(
        _ bytes: any VideoBytes, _ options: MotionOptions = MotionOptions(),
        video: VideoOptions = VideoOptions(),
        index: FrameIndex? = nil, cancellation: Cancellation? = nil
    ) throws -> MotionReport {
        try options.check()
        func scan(_ options: MotionOptions, isSequential: Bool = false) throws -> MotionReport {
            try MotionScanner(bytes, options, video, index, cancellation, isSequential: isSequential).run()
        }
        let first: MotionReport
        do {
            first = try scan(options)
        } catch let error as MediaError where error.code == .unsupported || error.code == .malformedInput {
            // Packets do not tell when frames are shown, or tell what the decoder does not find.
            return try scan(options, isSequential: true)
        }
        guard first.packets.missed > 0 else { return first }
        // Small packets in which something moved after all: they are not to be trusted here, and all is
        // looked at.
        var doubting = options
        doubting.trustsPackets = false
        var second = try scan(doubting)
        second.packets = first.packets
        second.decodedCount += first.decodedCount
        return second
    }
}
