import Media

/// Derived pixels that were asked for, with the operations understood: their name is known before they are
/// made.
public struct PixelRequest: Sendable {
    /// Names them for caches and entity tags.
    public let key: DerivedPixelsKey
    let source: StoredBytes
    let pipeline: ImagePipeline
}
