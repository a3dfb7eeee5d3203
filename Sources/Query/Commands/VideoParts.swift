/// A place in a video.
public enum VideoPosition: Sendable, Hashable {
    /// By the number of the frame, from 0.
    case frame(Int)
    /// By the time from the start, in seconds.
    case offset(seconds: Double)
    /// By the part of the whole, in `0...1`.
    case fraction(Double)
}

/// A stretch of a video, both ends included.
public enum VideoSpan: Sendable, Hashable {
    /// By the numbers of frames, from 0.
    case frames(Int, Int)
    /// By the time from the start, in seconds.
    case offsets(seconds: Double, Double)
    /// By the part of the whole, in `0...1`.
    case fractions(Double, Double)
}

/// Which frames of a video.
public enum FrameSelection: Sendable, Hashable {
    /// Those of these numbers, from 0.
    case numbers([Int])
    /// Every `step`th from `start` on, up to, not including, `stop`; to the end where that is `nil`.
    case interval(start: Int, stop: Int?, step: Int)
}

/// `FindIntervals`: stretches of videos, by what labels say of them.
public struct FindIntervalsCommand: Sendable, Hashable {
    /// What is looked for.
    public var question: IntervalQuestion
    /// Which videos.
    public var videos: CommandSelection
    /// How many are told of; `nil` for 1,000.
    public var limit: Int?
    /// How many are passed over first.
    public var offset: Int

    /// A search in all videos.
    public init(_ question: IntervalQuestion) {
        self.question = question
        videos = CommandSelection(.video)
        offset = 0
    }
}

/// `ExtractFrames`: pictures of the videos of an earlier result, as blobs.
public struct ExtractFramesCommand: Sendable, Hashable {
    /// The number of the earlier result.
    public var video: Int
    /// Which frames.
    public var frames: FrameSelection
    /// What is done with each picture, in order.
    public var operations: [RequestedOperation]
    /// The format of the pictures, such as `png` or `jpg`.
    public var format: String?
    /// The number by which later commands know the result.
    public var reference: Int?

    /// Pictures of the videos of the result `video`.
    public init(video: Int, frames: FrameSelection) {
        self.video = video
        self.frames = frames
        operations = []
    }
}
