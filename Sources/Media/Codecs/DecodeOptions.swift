/// How an image file is to be decoded.
public struct DecodeOptions: Sendable, Hashable {
    /// The most pixels that the first frame may have, by its header, before memory is taken for them; never
    /// more than 2³¹.
    public var maxPixels: Int
    /// The most memory that decoding may take, in bytes, estimated from the header before any is taken: the
    /// pixels, and what the format needs beside them, such as the coefficients of a progressive JPEG.
    public var maxBytes: Int
    /// The channels of the raster.
    public var layout: PixelLayout
    /// Whether the pixels are turned upright as the file's EXIF orientation says.
    public var appliesOrientation: Bool
    /// Whether the decoder may shrink while it decodes.
    public var scaling: DecodeScaling

    /// - Parameter maxBytes: `nil` is 1 GiB, or four bytes for each of `maxPixels` if that is more.
    public init(
        maxPixels: Int = 1 << 28, maxBytes: Int? = nil, layout: PixelLayout = .automatic,
        appliesOrientation: Bool = true,
        scaling: DecodeScaling = .full
    ) {
        self.maxPixels = maxPixels
        let (perPixel, overflow) = maxPixels.multipliedReportingOverflow(by: 4)
        self.maxBytes = maxBytes ?? max(1 << 30, overflow ? .max : perPixel)
        self.layout = layout
        self.appliesOrientation = appliesOrientation
        self.scaling = scaling
    }
}

/// The channels of a decoded raster.
public enum PixelLayout: String, Sendable, Hashable, CaseIterable {
    /// One channel where the file is gray, otherwise RGB; alpha is dropped, as Pillow's `convert("RGB")`
    /// does.
    case automatic
    /// One channel; colour becomes luma by Pillow's `convert("L")` (ITU-R BT.601, 16-bit fixed point).
    case gray
    case rgb
    /// RGB and alpha, 255 where the file has none.
    case rgba
}

/// Whether a decoder may shrink the image while it decodes.
public enum DecodeScaling: Sendable, Hashable {
    /// Every pixel is decoded.
    case full
    /// A JPEG is decoded at 1/2, 1/4 or 1/8 of its size (rounded up), the smallest that still is at least
    /// `width × height` on both sides, upright. Other formats, and smaller images, are decoded in full.
    case covering(width: Int, height: Int)
}
