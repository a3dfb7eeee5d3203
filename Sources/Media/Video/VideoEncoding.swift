/// How a video is encoded, and into what.
public struct VideoEncoding: Sendable, Hashable {
    /// What an encoder does for smaller files.
    public enum Effort: String, Sendable, Hashable, CaseIterable {
        /// x264's preset veryfast, libvpx's real-time speed 8.
        case fast
        /// x264's preset medium, libvpx's good speed 4.
        case balanced
        /// x264's preset slow, libvpx's good speed 1.
        case small

        var rank: Int { Effort.allCases.firstIndex(of: self) ?? 0 }
    }

    public var codec: VideoCodec
    public var container: VideoContainer
    /// From 0, the worst, to 100. Linear in the encoder's own scale from 0 to 75 and from there to 100:
    /// x264's rate factor 51, 23 and lossless; libvpx's 63, 31 and lossless; the quantizer of the others 31,
    /// 4 and 1, of H.263 2.
    public var quality: Int
    public var effort: Effort
    /// Frames from one keyframe to the next at most; `nil` for those of two seconds, at least 12 and at most
    /// 300.
    public var keyframeInterval: Int?
    /// Of the encoder. With more than one the same frames need not give the same bytes.
    public var threads: Int

    public init(
        _ codec: VideoCodec = .h264, in container: VideoContainer = .mp4, quality: Int = 75,
        effort: Effort = .fast,
        keyframeInterval: Int? = nil, threads: Int = 1
    ) {
        self.codec = codec
        self.container = container
        self.quality = quality
        self.effort = effort
        self.keyframeInterval = keyframeInterval
        self.threads = threads
    }

    /// - Throws: ``MediaError/Code/invalidOperation`` for a container that cannot hold the codec, naming what
    ///   would work, and for a value out of its range.
    public func check() throws(MediaError) {
        guard container.codecs.contains(codec) else {
            let containers = codec.containers.map(\.rawValue).joined(separator: ", ")
            let codecs = container.codecs.map(\.rawValue).joined(separator: ", ")
            throw MediaError(
                .invalidOperation,
                "\(container.rawValue) cannot hold \(codec.rawValue): \(codec.rawValue) goes into "
                    + "\(containers); \(container.rawValue) holds \(codecs)")
        }
        guard (0...100).contains(quality) else {
            throw MediaError(
                .invalidOperation, "the quality of a video is \(quality), it must be in 0...100")
        }
        guard (1...1000).contains(keyframeInterval ?? 1) else {
            throw MediaError(
                .invalidOperation,
                "keyframes are \(keyframeInterval ?? 0) frames apart, it must be in 1...1000")
        }
        guard (1...64).contains(threads) else {
            throw MediaError(.invalidOperation, "an encoder has 1...64 threads, not \(threads)")
        }
    }

    /// Likewise, and for frames of a size that the codec cannot hold; `nil` where it is not known.
    public func check(_ size: PixelSize?) throws(MediaError) {
        try check()
        if let size { _ = try codec.encoder(of: size) }
    }
}
