/// An image file's first frame as pixels, with what its header says.
public struct DecodedImage: Sendable, Equatable {
    public var raster: Raster
    public var header: ImageHeader
    /// What the decoder complained of when the file is damaged or cut short but part of it could be shown;
    /// `nil` for a sound file. Pixels that did not arrive are gray in a JPEG and black elsewhere.
    public var decodeError: String?

    public init(raster: Raster, header: ImageHeader, decodeError: String? = nil) {
        self.raster = raster
        self.header = header
        self.decodeError = decodeError
    }
}
