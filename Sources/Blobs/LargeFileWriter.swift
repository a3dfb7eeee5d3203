import Base
import Glibc
import Synchronization
import SystemPackage

/// Writes one large file and its ``BlockSums`` under temporary names, then gives them their own.
///
/// The content is durable before it gets its name: a name after a crash always stands for whole content.
final class LargeFileWriter {
    private static let serial = Atomic<Int>(0)

    private let writer: PackWriter
    private let file: OpenFile
    private let sumsPath: FilePath
    private var length = 0
    private var hasher = BlobHasher()
    private var checksums: [UInt32] = []

    init(_ writer: PackWriter) throws(BlobError) {
        self.writer = writer
        // The process that holds the writer's lock is the only one here, and it cleared the directory at the
        // start.
        let serial = Self.serial.wrappingAdd(1, ordering: .relaxed).newValue
        let path = writer.layout.temporary.appending("\(serial)")
        self.file = try OpenFile(path, O_RDWR | O_CREAT | O_EXCL, calls: writer.calls)
        self.sumsPath = path.removingLastComponent().appending("\(serial)" + BlobLayout.sumsSuffix)
    }

    /// Appends a block: ``BlockSums/blockLength`` bytes, or fewer for the last one.
    func append(_ block: RawSpan) throws(BlobError) {
        try file.write(block, at: length)
        hasher.update(block)
        checksums.append(block.withUnsafeBytes { CRC32C.checksum($0) })
        length += block.byteCount
    }

    /// Publishes what was appended.
    ///
    /// - Parameters:
    ///   - expected: The digest that it must have.
    ///   - source: The file that was read, if it came from one.
    /// - Throws: `changed` when it has another.
    func finish(
        expecting expected: SHA256Digest?, from source: FilePath? = nil
    ) throws(BlobError) -> StoredBlob {
        let digest = hasher.finish()
        if let expected, expected != digest {
            if let source { throw BlobStore.changed(source) }
            throw BlobError(.changed, "the bytes have SHA-256 \(digest), not \(expected) as was expected")
        }
        let layout = writer.layout
        let directory = layout.largeDirectory(digest)
        try writer.calls.makeDirectoryIfMissing(directory)
        try file.sync()
        let sums = BlockSums(length: length, digest: digest, checksums: checksums)
        let sumsFile = try OpenFile(sumsPath, O_RDWR | O_CREAT | O_EXCL, calls: writer.calls)
        try sumsFile.write(sums.encoded.span.bytes, at: 0)
        try sumsFile.sync()

        try writer.beginPublishing(digest)
        try writer.calls.renameFile(sumsPath, to: layout.largeSums(digest))
        try writer.calls.renameFile(file.path, to: layout.largeFile(digest))
        // Another process may have made the subdirectory and been killed before it was durable: both, always.
        writer.noteUnsynced(directories: [layout.large, directory])
        return StoredBlob(digest: digest, location: .large(length: length))
    }

    /// Removes the temporary files after a failure. What cannot be removed goes at the next opening.
    func discard() {
        for path in [file.path, sumsPath] { try? writer.calls.removeFile(path) }
    }
}

extension PackWriter {
    /// Tells garbage collection of a large file that is about to appear; refused once a sync has failed.
    func beginPublishing(_ digest: SHA256Digest) throws(BlobError) {
        try state.withLock { state throws(BlobError) in
            if let failure = state.failure { throw failure }
            state.protection.notePut(large: digest)
        }
    }
}
