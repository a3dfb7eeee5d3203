import Base

/// The blobs that something refers to: what garbage collection keeps. Costs 4 bytes for a pack's record, some
/// 50 for a large file.
public struct LiveBlobs: Sendable {
    struct Pack: Sendable {
        /// Offsets of records in units of ``PackFormat/alignment``; in any order, perhaps more than once.
        var offsets: [UInt32] = []
        /// The bytes that the records take in the pack.
        var byteCount = 0
        /// Where the last of them ends.
        var end = PackFormat.headerLength
    }

    private(set) var packs: [UInt32: Pack] = [:]
    private(set) var large: Set<SHA256Digest> = []

    public init() {}

    public init(_ blobs: some Sequence<StoredBlob>) throws(BlobError) {
        for blob in blobs { try insert(blob) }
    }

    /// Adds a blob, in any order; each once.
    ///
    /// - Throws: `invalid` for a location that no record can have.
    public mutating func insert(_ blob: StoredBlob) throws(BlobError) {
        switch blob.location {
        case .pack(let number, let offset, let length):
            guard BlobLocation.isRecordOffset(offset),
                (0...BlobOptions.maximumPackLimit.bytes).contains(length),
                let units = UInt32(exactly: offset / PackFormat.alignment)
            else {
                throw BlobError(.invalid, "no record can be in pack \(number) at \(offset)")
            }
            let byteCount = PackFormat.recordLength(payload: length)
            packs[number, default: Pack()].offsets.append(units)
            packs[number, default: Pack()].byteCount += byteCount
            packs[number, default: Pack()].end = max(packs[number, default: Pack()].end, offset + byteCount)
        case .large:
            large.insert(blob.digest)
        case .reference:
            break
        }
    }
}
