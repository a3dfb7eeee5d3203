/// An 8-bit image: gray, RGB or RGBA, interleaved, rows top to bottom, no padding between rows.
public struct Raster: Sendable, Equatable {
    /// Width in pixels, at least 1.
    public let width: Int
    /// Height in pixels, at least 1.
    public let height: Int
    /// 1 (gray), 3 (R, G, B) or 4 (R, G, B, A; colour not multiplied by alpha).
    public let channels: Int
    /// `height × width × channels` bytes.
    public let pixels: [UInt8]

    /// - Precondition: `width` and `height` are positive, `channels` is 1, 3 or 4, and `pixels` has
    ///   `width × height × channels` bytes.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a raster has at least one pixel")
        precondition(channels == 1 || channels == 3 || channels == 4, "a raster has 1, 3 or 4 channels")
        precondition(pixels.count == width * height * channels, "pixels must fill the raster")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }
}
