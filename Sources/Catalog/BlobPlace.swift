public import Base

/// Where the bytes of a blob are. The catalog stores it; what the numbers mean is for whoever reads the
/// bytes.
public struct BlobPlace: Sendable, Hashable {
    /// Which kind of place it is.
    public var kind: Int64
    /// The number of a pack.
    public var pack: Int64
    /// Where in the pack the blob begins, in bytes.
    public var offset: Int64
    /// The blob's length in bytes.
    public var length: Int64
    /// The bytes of a path or URL, where the blob lies outside the store.
    public var reference: [UInt8]?

    public init(kind: Int64, pack: Int64 = 0, offset: Int64 = 0, length: Int64, reference: [UInt8]? = nil) {
        self.kind = kind
        self.pack = pack
        self.offset = offset
        self.length = length
        self.reference = reference
    }
}

/// One row of the catalog's table of blobs: the digest that names the bytes, and where they are.
public struct BlobEntry: Sendable, Hashable {
    /// The SHA-256 of the bytes.
    public var digest: SHA256Digest
    public var place: BlobPlace

    public init(digest: SHA256Digest, place: BlobPlace) {
        self.digest = digest
        self.place = place
    }
}
