public import Base

/// How a ``BlobStore`` lays out what it is given. Existing packs keep the layout they were written with.
public struct BlobOptions: Sendable {
    /// A pack that would grow beyond this is left, and another begun.
    public var packLimit = ByteCount.mebibytes(256)
    /// Blobs of more bytes than this become files of their own.
    public var largeThreshold = ByteCount.mebibytes(16)
    /// The number of packs kept open for reading.
    public var openPackLimit = 64

    public init() {}

    /// Offsets are counted in units of 8 as 32-bit integers where live records are listed (``LiveBlobs``).
    static let maximumPackLimit = ByteCount.gibibytes(32)

    func validate() throws(BlobError) {
        guard packLimit.bytes >= 1 << 10, packLimit <= Self.maximumPackLimit else {
            throw BlobError(
                .invalid, "a pack's limit of \(packLimit) is not within 1 KiB and \(Self.maximumPackLimit)")
        }
        guard largeThreshold.bytes >= 0,
            PackFormat.headerLength + PackFormat.recordLength(payload: largeThreshold.bytes)
                <= packLimit.bytes
        else {
            throw BlobError(.invalid, "blobs of \(largeThreshold) do not fit packs of \(packLimit)")
        }
        guard openPackLimit > 0 else { throw BlobError(.invalid, "no pack may be open") }
    }
}
