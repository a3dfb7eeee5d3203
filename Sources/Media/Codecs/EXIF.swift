public import Base

/// What a camera wrote beside the picture: the Exif metadata of CIPA DC-008.
public struct EXIF: Sendable, Equatable {
    /// Who made the camera.
    public var make: String?
    public var model: String?
    /// When the picture was taken: DateTimeOriginal (else DateTimeDigitized, else DateTime) with its fraction
    /// and offset; `local` where the camera gave no offset.
    public var capturedAt: DateTime?
    /// Degrees north, in `-90...90`.
    public var latitude: Double?
    /// Degrees east, in `-180...180`.
    public var longitude: Double?
    /// Metres above sea level.
    public var altitude: Double?
    /// How the stored pixels are turned, 1 to 8; `nil` where the tag is missing or out of range.
    public var orientation: Int?
    /// All tags that could be read, by the names of the standard; tags without a name as `0x` and four
    /// digits.
    public var tags: Document

    public init() { tags = Document() }
}
