/// How far a video is trusted, and how it is decoded.
public struct VideoOptions: Sendable, Hashable {
    /// Which frames are decoded at all.
    public enum Frames: Sendable, Hashable {
        case all
        /// Those that others need: about a third less work where there are B-frames.
        case referenced
        case keyframes
    }

    /// Of one frame.
    public var maxPixels: Int
    /// Packets of the picture stream: what an index may hold. Up to 70 bytes of memory are taken for each
    /// while it is made.
    public var maxFrames: Int
    /// Streams of all kinds.
    public var maxStreams: Int
    /// Of the decoder; 0 for as many as it likes.
    public var threads: Int
    public var frames: Frames
    /// Decodes without the filter that smooths the edges of blocks: quicker, and no longer exact.
    public var skipsLoopFilter: Bool

    public init(
        maxPixels: Int = 8_192 * 8_192, maxFrames: Int = 10_000_000, maxStreams: Int = 1_000,
        threads: Int = 1,
        frames: Frames = .all, skipsLoopFilter: Bool = false
    ) {
        self.maxPixels = maxPixels
        self.maxFrames = maxFrames
        self.maxStreams = maxStreams
        self.threads = threads
        self.frames = frames
        self.skipsLoopFilter = skipsLoopFilter
    }
}
