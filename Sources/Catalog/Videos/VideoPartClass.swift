/// The two classes of parts of videos. Parts hold no pixels of their own; they are deleted with their video.
public enum VideoPartClass: String, Sendable, CaseIterable {
    /// A stretch of a video: the property `video`, and the half-open range from `start_frame` to
    /// `stop_frame`.
    case clip = "Clip"
    /// A frame of which something is known: the properties `video` and `frame_number`. Of a video at most one
    /// has a number.
    case frame = "Frame"

    /// The class of videos themselves.
    public static let videoClass = "Video"

    /// The class of the connections that lead from videos to its members.
    public var connectionClass: String { "_VideoTo\(rawValue)" }

    /// Names of properties that say which part of which video a member is.
    public var properties: [String] {
        switch self {
        case .clip: ["video", "start_frame", "stop_frame", "start_time", "stop_time"]
        case .frame: ["video", "frame_number", "time"]
        }
    }
}
