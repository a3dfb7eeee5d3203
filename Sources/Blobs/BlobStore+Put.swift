public import Base
import Glibc
public import SystemPackage

extension BlobStore {
    /// Stores `bytes`; durable only after ``sync()``.
    ///
    /// What is there already is stored again: who wants each blob once asks the catalog first.
    /// - Parameter digest: The SHA-256 of `bytes`, if the caller has computed it; it is trusted.
    /// - Throws: `noSpace`, `io`, `readOnly`. The store stays usable: what could not be written is as if it
    ///   had never been put.
    public func put(_ bytes: RawSpan, digest: SHA256Digest? = nil) throws(BlobError) -> StoredBlob {
        let writer = try openWriter()
        guard bytes.byteCount <= options.largeThreshold.bytes else {
            let large = try LargeFileWriter(writer)
            do throws(BlobError) {
                for start in stride(from: 0, to: bytes.byteCount, by: BlockSums.blockLength) {
                    let end = min(bytes.byteCount, start + BlockSums.blockLength)
                    try large.append(bytes.extracting(start..<end))
                }
                return try large.finish(expecting: digest)
            } catch {
                large.discard()
                throw error
            }
        }
        let digest = digest ?? SHA256Digest(hashing: bytes)
        let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
        return StoredBlob(
            digest: digest, location: try writer.append(bytes, digest: digest, checksum: checksum))
    }

    /// Stores `bytes`; see ``put(_:digest:)-(RawSpan,_)``.
    public func put(_ bytes: [UInt8], digest: SHA256Digest? = nil) throws(BlobError) -> StoredBlob {
        try put(bytes.span.bytes, digest: digest)
    }

    /// Stores the content of the regular file at `path`, piece by piece if it is large; durable only after
    /// ``sync()``.
    ///
    /// - Parameter digest: The SHA-256 that the content must have, if known.
    /// - Throws: `missing`; `invalid` for what is no regular file; `changed` when the content is not that of
    ///   `digest`, or the file shrinks while it is read; `noSpace`, `io`, `readOnly`; `CancelledError`,
    ///   looked for after every piece.
    public func putFile(
        _ path: FilePath, digest: SHA256Digest? = nil, cancellation: Cancellation = Cancellation()
    ) throws -> StoredBlob {
        let writer = try openWriter()
        let file = try openRegularFile(path)
        let length = try file.status().length
        guard length > options.largeThreshold.bytes else {
            let bytes = try file.bytes(at: 0, count: length)
            guard bytes.count == length else { throw shrunk(path, length, to: bytes.count) }
            let found = SHA256Digest(hashing: bytes)
            if let digest, digest != found { throw BlobStore.changed(path) }
            return try put(bytes, digest: found)
        }
        let large = try LargeFileWriter(writer)
        do {
            var offset = 0
            while offset < length {
                try cancellation.check()
                let block = try file.bytes(at: offset, count: min(BlockSums.blockLength, length - offset))
                offset += block.count
                guard block.count == BlockSums.blockLength || offset == length else {
                    throw shrunk(path, length, to: offset)
                }
                try large.append(block.span.bytes)
            }
            return try large.finish(expecting: digest, from: path)
        } catch {
            large.discard()
            throw error
        }
    }

    /// That a file is no longer what it was when its digest was taken.
    static func changed(_ path: FilePath) -> BlobError {
        BlobError(
            .changed,
            "\(path.string) changed while it was added: add it again once nothing writes to it any more")
    }

    /// Opens a file that is not ours; `invalid` for a directory, a pipe or a device.
    func openRegularFile(_ path: FilePath) throws(BlobError) -> OpenFile {
        // Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK, calls: calls)
        guard try file.status().isRegular else {
            throw BlobError(.invalid, "\(path.string) is no regular file")
        }
        return file
    }

    // MARK: - Private

    private func shrunk(_ path: FilePath, _ length: Int, to found: Int) -> BlobError {
        BlobError(.changed, "\(path.string) shrank from \(length) to \(found) bytes while it was read")
    }
}
