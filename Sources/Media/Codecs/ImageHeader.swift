/// What an image file says of itself, read without decoding a pixel.
public struct ImageHeader: Sendable, Equatable {
    public var format: ImageFormat
    /// Width in pixels as the picture is to be seen, that is after ``orientation`` was applied.
    public var width: Int
    /// Height in pixels as the picture is to be seen.
    public var height: Int
    /// Width of the stored pixels, before ``orientation``.
    public var storedWidth: Int
    /// Height of the stored pixels, before ``orientation``.
    public var storedHeight: Int
    /// Channels of the file: 1 gray, 2 gray and alpha, 3 colour, 4 colour and alpha, or CMYK.
    /// A palette counts as the colours it holds.
    public var channels: Int
    /// Bits of one stored sample; of a palette, the bits of an index.
    public var bitsPerChannel: Int
    /// Whether some of the file's pixels may be transparent.
    public var hasAlpha: Bool
    /// How the stored pixels are turned: 1 (upright) to 8, as EXIF numbers them.
    public var orientation: Int
    /// Frames of an animation, or pages; 1 for a still image.
    public var frameCount: Int
    public var exif: EXIF?
    /// The embedded colour profile, kept but not applied.
    public var iccProfile: [UInt8]?

    public init(
        format: ImageFormat, storedWidth: Int, storedHeight: Int, channels: Int, bitsPerChannel: Int,
        hasAlpha: Bool = false, orientation: Int = 1, frameCount: Int = 1, exif: EXIF? = nil,
        iccProfile: [UInt8]? = nil
    ) {
        self.format = format
        self.storedWidth = storedWidth
        self.storedHeight = storedHeight
        self.channels = channels
        self.bitsPerChannel = bitsPerChannel
        self.hasAlpha = hasAlpha
        self.orientation = (1...8).contains(orientation) ? orientation : 1
        self.frameCount = frameCount
        self.exif = exif
        self.iccProfile = iccProfile
        let isTurned = self.orientation >= 5
        width = isTurned ? storedHeight : storedWidth
        height = isTurned ? storedWidth : storedHeight
    }
}
