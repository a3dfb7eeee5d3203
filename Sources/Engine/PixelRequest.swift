import Media

/// Derived pixels that were asked for, with the operations understood: their name is known before they are
/// made.
public struct PixelRequest: Sendable {
    /// Names them for caches and entity tags.
    public let key: DerivedPixelsKey
    /// The commit at which the image or video was looked up.
    public let commit: UInt64
    let source: StoredBytes
    let pipeline: ImagePipeline
    /// Of a video: the number of the frame.
    var frame: Int?
}
