import Glibc

extension BlobStore {
    /// Overwrites the bytes of blobs that nothing refers to any more, durably when it returns: a record of a
    /// pack with zeros, under its header, so that walks over the pack step across it; a large file is
    /// removed. A referenced file is not ours and stays.
    ///
    /// The catalog must have forgotten the blobs, and a ``holdCollection()`` must last since before it did:
    /// a collection would copy what it still takes for live. Other copies of the same bytes, as a put that
    /// was never committed leaves them, go with a collection and a dead fraction of 0. A large file that is
    /// being put again meanwhile stays.
    /// - Throws: `readOnly`, `io`; what was overwritten until then stays so.
    public func erase(_ blobs: some Sequence<StoredBlob>) throws(BlobError) {
        let writer = try openWriter()
        for blob in blobs {
            switch blob.location {
            case .pack(let number, let offset, let length):
                let file: OpenFile
                do throws(BlobError) {
                    file = try OpenFile(layout.pack(number), O_RDWR, calls: calls)
                } catch {
                    guard error.code == .missing else { throw error }
                    continue
                }
                let bytes = try file.bytes(at: offset, count: PackFormat.recordHeaderLength)
                // What is not this blob's record may be another's.
                guard let header = RecordHeader(decoding: bytes, at: offset), header.digest == blob.digest,
                    header.length == length, header.end <= (try file.status().length)
                else { continue }
                let zeros = [UInt8](repeating: 0, count: min(length, BlockSums.blockLength))
                for start in stride(from: 0, to: length, by: max(1, zeros.count)) {
                    let piece = zeros.span.bytes.extracting(0..<min(zeros.count, length - start))
                    try file.write(piece, at: header.payloadOffset + start)
                }
                try file.sync()
            case .large: _ = try writer.dropLarge(blob.digest)
            case .reference: break
            }
        }
        try writer.sync()
    }
}
