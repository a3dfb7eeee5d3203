import Base
import Glibc

/// Reads ranges of a large file; every block that a range touches is checked.
struct LargeFileReader: Sendable {
    let blob: StoredBlob
    let sums: BlockSums
    private let file: OpenFile

    /// Opens the file and its sums, and compares its length.
    init(_ blob: StoredBlob, _ layout: BlobLayout, _ calls: FileCalls) throws(BlobError) {
        let length = blob.location.length
        do throws(BlobError) {
            self.file = try OpenFile(layout.largeFile(blob.digest), O_RDONLY, calls: calls)
        } catch {
            guard error.code == .missing else { throw error }
            throw BlobError(.missing, "the file of blob \(blob.digest) is gone", cause: error)
        }
        let found = try file.status().length
        guard found == length else {
            throw BlobError(
                .corrupt, "the file of blob \(blob.digest) has \(found) bytes, \(length) were written")
        }
        do throws(BlobError) {
            self.sums = try BlockSums(of: blob.digest, length: length, layout, calls)
        } catch {
            guard error.code == .missing else { throw error }
            throw BlobError(.corrupt, "the checksums of large blob \(blob.digest) are gone", cause: error)
        }
        self.blob = blob
    }

    /// The bytes of `range`, which must lie in the blob.
    func read(_ range: Range<Int>) throws(BlobError) -> [UInt8] {
        try blob.check(range)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let index = offset / BlockSums.blockLength
            let extent = sums.range(ofBlock: index)
            let block = try self.block(index)
            let end = min(range.upperBound, extent.upperBound)
            bytes.append(contentsOf: block[offset - extent.lowerBound..<end - extent.lowerBound])
            offset = end
        }
        return bytes
    }

    /// The bytes of one block, checked.
    func block(_ index: Int) throws(BlobError) -> [UInt8] {
        let extent = sums.range(ofBlock: index)
        let block = try file.bytes(at: extent.lowerBound, count: extent.count)
        let checksum = CRC32C.checksum(block)
        guard block.count == extent.count, checksum == sums.checksums[index] else {
            throw BlobError(
                .corrupt,
                "large blob \(blob.digest), bytes \(extent): the CRC-32C is \(checksum), "
                    + "\(sums.checksums[index]) was written")
        }
        return block
    }
}
