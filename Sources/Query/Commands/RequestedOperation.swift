/// One step of `operations`, checked for its parameters but not against an image.
public enum RequestedOperation: Sendable, Hashable {
    /// Samples at or below `value` become 0.
    case threshold(value: Int)
    /// The part of the image at `x`, `y`.
    case crop(x: Int, y: Int, width: Int, height: Int)
    /// Another size: both sides, or one with the other in proportion, or `scale` times as large.
    case resize(width: Int?, height: Int?, scale: Double?)
    /// Mirrored, by OpenCV's codes: 0 upside down, above 0 left to right, below 0 both.
    case flip(code: Int)
    /// Turned counter-clockwise; with `resize` the image grows so that no corner is lost.
    case rotate(degrees: Double, resize: Bool)
    /// Of a video: every `step`th frame from `start` up to, not including, `stop`.
    case interval(start: Int, stop: Int, step: Int)
    /// Of a video: a short one, by the limits given.
    case preview(VideoPreview)
}

/// What a preview of a video may be at most.
public struct VideoPreview: Sendable, Hashable {
    /// How many frames.
    public var maxFrameCount: Int?
    /// Which part of the whole, in `0...1`.
    public var maxTimeFraction: Double?
    /// How long, in seconds.
    public var maxSeconds: Double?
    /// How large, in millions of bytes.
    public var maxMegabytes: Double?

    /// No limits yet.
    public init() {}
}
