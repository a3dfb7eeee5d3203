/// How the pictures of a video are written.
public enum VideoCodec: String, Sendable, Hashable, CaseIterable {
    case h264
    /// MPEG-4 part 2, which is also called Xvid.
    case mpeg4
    case h263
    case vp9
    /// A JPEG for each frame.
    case mjpeg

    /// By its name, or `xvid`.
    public init?(named name: String) {
        self.init(rawValue: name == "xvid" ? "mpeg4" : name)
    }

    /// The containers that can hold it.
    public var containers: [VideoContainer] { VideoContainer.allCases.filter { $0.codecs.contains(self) } }

    /// FFmpeg's encoder for frames of a size.
    /// - Throws: ``MediaError/Code/invalidOperation`` where the codec cannot hold them.
    func encoder(of size: PixelSize) throws(MediaError) -> String {
        switch self {
        case .h264: return "libx264"
        case .mpeg4: return "mpeg4"
        case .vp9: return "libvpx-vp9"
        case .mjpeg: return "mjpeg"
        case .h263:
            // ITU-R H.263, table 3; its second version has any multiples of 4 up to these.
            let named = [(128, 96), (176, 144), (352, 288), (704, 576), (1408, 1152)]
            if named.contains(where: { $0 == (size.width, size.height) }) { return "h263" }
            guard size.width % 4 == 0, size.height % 4 == 0, size.width <= 2048, size.height <= 1152 else {
                throw MediaError(
                    .invalidOperation,
                    "h263 holds frames whose sides are multiples of 4, up to 2048×1152, not \(size): resize "
                        + "them, or take another codec")
            }
            return "h263p"
        }
    }

    /// What FFmpeg's encoder is told.
    ///
    /// - Parameters:
    ///   - isImmediate: Whether a packet must follow on each frame.
    ///   - reorders: Whether frames may be encoded in another order than they are shown.
    func options(
        _ encoding: VideoEncoding, keyframeInterval: Int, isImmediate: Bool, reorders: Bool
    ) -> [String] {
        let quality = encoding.quality
        var options = ["g=\(keyframeInterval)"]
        switch self {
        case .h264:
            options.append("preset=\(["veryfast", "medium", "slow"][encoding.effort.rank])")
            // A quantizer of 0 is lossless, where a rate factor of 0 is so for 8 bits alone.
            options.append(quality == 100 ? "qp=0" : "crf=\(VideoCodec.level(quality, 51, 23, 0))")
            if isImmediate { options.append("tune=zerolatency") }
            if isImmediate || !reorders { options.append("bf=0") }
        case .vp9:
            options.append("deadline=\(encoding.effort == .fast ? "realtime" : "good")")
            options.append("cpu-used=\([8, 4, 1][encoding.effort.rank])")
            options += ["b=0", "crf=\(VideoCodec.level(quality, 63, 31, 0))"]
            if quality == 100 { options.append("lossless=1") }
            if isImmediate { options.append("lag-in-frames=0") }
        case .mpeg4, .h263, .mjpeg:
            // Below 2, H.263 cuts off what a block of much contrast holds.
            let scale = VideoCodec.level(quality, 31, 4, self == .h263 ? 2 : 1)
            // FF_QP2LAMBDA is 118.
            options += ["flags=+qscale", "global_quality=\(scale * 118)", "qmin=1"]
            if self == .mpeg4 { options.append("bf=0") }
        }
        return options
    }

    /// From the level of quality 0 to that of 75, and from there to that of 100, rounded half up.
    static func level(_ quality: Int, _ worst: Int, _ good: Int, _ best: Int) -> Int {
        let level =
            quality <= 75
            ? Double(worst) - Double(worst - good) * Double(quality) / 75
            : Double(good) - Double(good - best) * Double(quality - 75) / 25
        return Int((level + 0.5).rounded(.down))
    }

    /// Whether files of it say which range of samples is used, and by which matrix colours became them.
    var tellsColour: Bool { self == .h264 || self == .vp9 }
}
