/// An image format to write, with its settings.
public enum Encoding: Sendable, Hashable {
    /// Baseline JPEG by libjpeg-turbo; `quality` in `1...100`. Alpha is dropped.
    case jpeg(quality: Int = 85, subsampling: ChromaSubsampling = .half)
    /// PNG of 8 bits a channel; `compression` is zlib's level, in `0...9`.
    case png(compression: Int = 6)
    /// WebP; `quality` in `0...100`, which a lossless file takes as its effort.
    case webp(quality: Int = 80, lossless: Bool = false)

    public var format: ImageFormat {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        }
    }
}

/// How much of the colour resolution a JPEG keeps.
public enum ChromaSubsampling: String, Sendable, Hashable, CaseIterable {
    /// 4:4:4, all of it.
    case none = "444"
    /// 4:2:2, half across.
    case horizontal = "422"
    /// 4:2:0, half across and down.
    case half = "420"
    /// 4:4:0, half down.
    case vertical = "440"
}
