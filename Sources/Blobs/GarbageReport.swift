public import Base

/// A blob that garbage collection has copied to another place.
public struct BlobMove: Sendable, Hashable {
    public var digest: SHA256Digest
    public var from: BlobLocation
    public var to: BlobLocation

    public init(digest: SHA256Digest, from: BlobLocation, to: BlobLocation) {
        self.digest = digest
        self.from = from
        self.to = to
    }
}

/// What a garbage collection has done.
public struct GarbageReport: Sendable {
    /// Packs that were removed, those emptied by moving their live records included.
    public var droppedPacks: [UInt32] = []
    /// Large files that were removed.
    public var droppedLarge: [SHA256Digest] = []
    /// Live records copied to other packs.
    public var movedCount = 0
    public var movedBytes = 0
    /// Bytes of the files removed and cut off, less those of the records copied; checksum files are not
    /// counted.
    public var freedBytes = 0
    /// Packs that were left as they are, as the disk has no room for the copies of their live records.
    public var postponedPacks: [UInt32] = []
    /// Their bytes that nothing refers to.
    public var postponedBytes = 0
    /// Live records that cannot be read. Their packs were kept.
    public var damaged: [BlobError] = []

    public init() {}
}
