/// A kind of file that a video is written as.
public enum VideoContainer: String, Sendable, Hashable, CaseIterable {
    case mp4, mov, mkv, webm, avi

    /// The media type of such files.
    public var mediaType: String {
        switch self {
        case .mp4: "video/mp4"
        case .mov: "video/quicktime"
        case .mkv: "video/x-matroska"
        case .webm: "video/webm"
        case .avi: "video/x-msvideo"
        }
    }

    /// The codecs that it can hold, of those that are written.
    public var codecs: [VideoCodec] {
        switch self {
        case .mp4: [.h264, .mpeg4, .vp9, .mjpeg]
        case .mov: [.h264, .mpeg4, .h263, .mjpeg]
        case .mkv: VideoCodec.allCases
        case .webm: [.vp9]
        case .avi: [.h264, .mpeg4, .h263, .mjpeg]
        }
    }

    /// Whether it says by how much frames are to be turned; otherwise they are turned before they are
    /// encoded.
    public var keepsRotation: Bool { self == .mp4 || self == .mov }

    /// Whether frames may be shown at any time; AVI knows frames of one length alone.
    public var keepsTimes: Bool { self != .avi }

    /// The unit of its times where it has but one: FFmpeg writes Matroska in milliseconds.
    public var timeBase: Ratio? { self == .mkv || self == .webm ? Ratio(1, 1000) : nil }

    /// FFmpeg's name of it.
    var muxer: String { self == .mkv ? "matroska" : rawValue }

    /// What a player needs first stands first.
    var muxerOptions: String { self == .mp4 || self == .mov ? "movflags=+faststart" : "" }
}
