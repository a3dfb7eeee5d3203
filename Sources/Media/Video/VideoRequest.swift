/// What is to be made of a video: which frames, what is done with each, and as what they are written.
public struct VideoRequest: Sendable {
    /// How packets come to be.
    public enum Output: Sendable, Hashable {
        /// Frames are decoded and encoded.
        case encoded(VideoEncoding)
        /// Packets are copied, from the keyframe at or before the first frame on, and up to the frame from
        /// which on nothing is missing. No operations, no step, no preview.
        case copied(VideoContainer)
    }

    /// Limits of a look at the beginning. Frames end where the first of them is reached.
    public struct Preview: Sendable, Hashable {
        /// At most so many frames.
        public var maxFrames: Int?
        /// Frames that begin before this part of the whole duration, in 0...1.
        public var maxFraction: Double?
        /// Frames that begin before so many seconds after the first frame.
        public var maxSeconds: Double?
        /// Of the file.
        public var maxBytes: Int?

        public init(
            maxFrames: Int? = nil, maxFraction: Double? = nil, maxSeconds: Double? = nil,
            maxBytes: Int? = nil
        ) {
            self.maxFrames = maxFrames
            self.maxFraction = maxFraction
            self.maxSeconds = maxSeconds
            self.maxBytes = maxBytes
        }
    }

    public var part: VideoPart
    /// Every so many frames of the part, beginning with its first. They keep their times.
    public var step: Int
    /// Done with each frame, upright.
    public var operations: [any ImageOperation]
    public var preview: Preview?
    /// Whether sound goes with the pictures, where the container holds it.
    public var keepsSound: Bool
    public var output: Output
    /// The most pixels that a frame may have, before and after the operations.
    public var maxPixels: Int
    /// The most frames that are written.
    public var maxFrames: Int

    public init(
        _ part: VideoPart = .all, step: Int = 1, operations: [any ImageOperation] = [],
        preview: Preview? = nil,
        keepsSound: Bool = true, output: Output = .encoded(VideoEncoding()), maxPixels: Int = 8_192 * 8_192,
        maxFrames: Int = 10_000_000
    ) {
        self.part = part
        self.step = step
        self.operations = operations
        self.preview = preview
        self.keepsSound = keepsSound
        self.output = output
        self.maxPixels = maxPixels
        self.maxFrames = maxFrames
    }
}

/// What was made of a video.
public struct VideoRendering: Sendable, Hashable {
    /// Numbers of the frames in the video they came from, with ``step``; of copied packets the range that
    /// came out, which holds the one that was asked for.
    public var frames: Range<Int>
    public var step: Int
    /// How many frames were written.
    public var frameCount: Int
    /// From when the first frame is shown until the last one no longer is.
    public var duration: VideoTime
    /// As they are shown.
    public var size: PixelSize
    /// FFmpeg's name of the form of the pixels.
    public var pixelFormat: String
    public var byteCount: Int
    /// Streams of sound that went with it, and those that the container cannot hold.
    public var soundCount, unheldSoundCount: Int
    /// Whether a preview ended before the frames that were asked for did.
    public var isCutShort: Bool
}
