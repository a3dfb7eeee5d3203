/// What a video's file tells of itself, without a frame being decoded.
public struct VideoFacts: Sendable, Hashable {
    /// The names that FFmpeg gives the container, such as `mov,mp4,m4a,3gp,3g2,mj2`.
    public var container: String
    /// The name that FFmpeg gives the codec, such as `h264`.
    public var codec: String
    /// Such as `yuv420p`; empty where it is not told.
    public var pixelFormat: String
    public var bitsPerSample: Int
    /// Of the frames as they are stored, in pixels.
    public var codedSize: PixelSize
    /// By how many degrees frames are to be turned clockwise to stand upright: 0, 90, 180 or 270.
    public var rotation: Int
    /// Width over height of one pixel, as a fraction; `nil` where it is not told.
    public var pixelAspect: Ratio?
    public var timeBase: Ratio
    /// Frames a second that the container tells, as a fraction; `nil` where it tells none. Times of frames
    /// say more, see ``FrameIndex``.
    public var toldRate: Ratio?
    /// Frames that the header tells of; `nil` where it does not. It may be wrong.
    public var toldFrameCount: Int?
    /// Bits a second; 0 where they are not known.
    public var bitRate: Int
    /// Of the container, in seconds; `nil` where it tells none. It may be wrong.
    public var toldDuration: Double?
    public var audio: [Audio]
    public var byteCount: Int

    /// A stream of sound, which is kept and not decoded.
    public struct Audio: Sendable, Hashable {
        public var codec: String
        public var channels: Int
        public var sampleRate: Int
        /// As in ISO 639; `nil` where it is not told.
        public var language: String?

        public init(codec: String, channels: Int, sampleRate: Int, language: String? = nil) {
            self.codec = codec
            self.channels = channels
            self.sampleRate = sampleRate
            self.language = language
        }
    }

    /// The size of upright frames.
    public var size: PixelSize {
        rotation % 180 == 0
            ? codedSize : PixelSize(width: codedSize.height, height: codedSize.width)
    }
}
