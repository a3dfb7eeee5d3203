/// A still-image format that we read, told by its first bytes and never by a file's name.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg, png, gif, bmp, tiff, webp, heif, avif, pnm

    /// The media type by which HTTP knows this format.
    public var mediaType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .gif: "image/gif"
        case .bmp: "image/bmp"
        case .tiff: "image/tiff"
        case .webp: "image/webp"
        case .heif: "image/heif"
        case .avif: "image/avif"
        case .pnm: "image/x-portable-anymap"
        }
    }

    /// The usual name extension, without the dot.
    public var fileExtension: String {
        switch self {
        case .jpeg: "jpg"
        case .tiff: "tif"
        case .heif: "heic"
        case .pnm: "ppm"
        default: rawValue
        }
    }
}
