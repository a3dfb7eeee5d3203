public import Base
import Glibc
public import SystemPackage

extension BlobStore {
    /// The bytes of a blob, or those of `range` of it; every byte is checked before it is handed out.
    ///
    /// A pack's record is read whole and checked against its CRC-32C; of a large file the blocks that `range`
    /// touches are; a referenced file is read whole and checked against length and SHA-256.
    /// - Throws: `corrupt` when the check fails; `missing`; `changed` for a referenced file with other
    ///   content; `invalid` for a range outside the blob; `missing` too for a URL,
    ///   which nobody fetches here.
    public func read(_ blob: StoredBlob, range: Range<Int>? = nil) throws(BlobError) -> [UInt8] {
        try read(blob, range: range, verifyingDigest: false)
    }

    /// As ``read(_:range:)``; with `verifyingDigest` the blob's SHA-256 is computed and compared as well, for
    /// which all of it is read.
    public func read(
        _ blob: StoredBlob, range: Range<Int>? = nil, verifyingDigest: Bool
    ) throws(BlobError) -> [UInt8] {
        let range = try blob.check(range)
        switch blob.location {
        case .pack(let number, let offset, let length):
            let bytes = try record(number, offset, length, blob.digest).payload
            if verifyingDigest { try blob.checkDigest(of: bytes) }
            return range == 0..<length ? bytes : Array(bytes[range])
        case .large:
            if verifyingDigest { try Self.uncancelled { try checkLarge(blob, $0) } }
            return try LargeFileReader(blob, layout, calls).read(range)
        case .reference(let reference, let length):
            guard range == 0..<length else {
                return try Self.uncancelled { try referenceReader(blob, reference, length, $0) }.read(range)
            }
            let bytes = try openReferenced(reference, length).bytes(at: 0, count: length)
            try Self.check(SHA256Digest(hashing: bytes), blob, reference)
            return bytes
        }
    }

    /// Reads a blob piece by piece, for what is too large to hold.
    ///
    /// A pack's record is read and checked at once, a referenced file is checked at once by reading it
    /// through.
    /// - Throws: As ``read(_:range:)``; `CancelledError`.
    public func reader(
        _ blob: StoredBlob, cancellation: Cancellation = Cancellation()
    ) throws -> BlobReader {
        try blob.check(nil)
        switch blob.location {
        case .pack:
            return BlobReader(blob, .memory(try read(blob)))
        case .large:
            return BlobReader(blob, .large(try LargeFileReader(blob, layout, calls)))
        case .reference(let reference, let length):
            return try referenceReader(blob, reference, length, cancellation)
        }
    }

    /// The location of a file that stays where it is: nothing is stored, the content is read and its digest
    /// taken.
    ///
    /// - Parameter path: Absolute.
    /// - Throws: `invalid` for a relative path or no regular file; `missing`; `changed` when the file is
    ///   written to meanwhile; `io`.
    public func reference(
        _ path: FilePath, cancellation: Cancellation = Cancellation()
    ) throws -> StoredBlob {
        guard path.isAbsolute else { throw BlobError(.invalid, "\(path.string) is no absolute path") }
        let file = try openRegularFile(path)
        let before = try file.status()
        let digest = try Self.digest(of: file, before.length, cancellation)
        guard try file.status() == before else {
            throw BlobError(.changed, "\(path.string) was written to while it was read")
        }
        return StoredBlob(digest: digest, location: .reference(.file(path), length: before.length))
    }

    // MARK: - Internal

    /// A record's header and payload, checked against their CRC-32C, length and digest.
    func record(
        _ number: UInt32, _ offset: Int, _ length: Int, _ digest: SHA256Digest
    ) throws(BlobError) -> (header: RecordHeader, payload: [UInt8]) {
        let file = try pack(number, digest)
        do throws(BlobError) {
            return try record(in: file, number, offset, length, digest)
        } catch {
            guard error.code == .corrupt, try !cache.isCurrent(file, number) else { throw error }
            cache.forget(number)
            return try record(in: pack(number, digest), number, offset, length, digest)
        }
    }

    /// The record at `offset`, whichever it is, checked against its own header.
    func record(
        _ number: UInt32, _ offset: Int
    ) throws(BlobError) -> (header: RecordHeader, payload: [UInt8]) {
        let bytes = try cache.pack(number).bytes(at: offset, count: PackFormat.recordHeaderLength)
        guard let header = RecordHeader(decoding: bytes, at: offset) else {
            throw BlobError(.corrupt, "pack \(number) at \(offset): the record's header is damaged")
        }
        return try record(number, offset, header.length, header.digest)
    }

    /// The digest of a file's first `length` bytes, read piece by piece.
    static func digest(
        of file: OpenFile, _ length: Int, _ cancellation: Cancellation
    ) throws -> SHA256Digest {
        var hasher = BlobHasher()
        var offset = 0
        while offset < length {
            try cancellation.check()
            let piece = try file.bytes(at: offset, count: min(1 << 20, length - offset))
            guard !piece.isEmpty else {
                throw BlobError(.changed, "\(file.path.string) shrank from \(length) to \(offset) bytes")
            }
            hasher.update(piece.span.bytes)
            offset += piece.count
        }
        return hasher.finish()
    }

    /// Opens a referenced file and compares its length.
    func openReferenced(_ reference: BlobReference, _ length: Int) throws(BlobError) -> OpenFile {
        guard case .file(let path) = reference else {
            throw BlobError(
                .missing,
                "the bytes are at \(reference): the store has only what is known of them, and does not fetch them"
            )
        }
        let file: OpenFile
        do throws(BlobError) {
            file = try openRegularFile(path)
        } catch {
            switch error.code {
            case .missing:
                throw BlobError(.missing, "the referenced file \(path.string) is gone", cause: error)
            case .invalid:
                throw BlobError(
                    .changed, "the referenced file \(path.string) is no file any more", cause: error)
            default: throw error
            }
        }
        let found = try file.status().length
        guard found == length else {
            throw BlobError(
                .changed, "the referenced file \(path.string) has \(found) bytes, \(length) were recorded")
        }
        return file
    }

    /// Compares the digest of a referenced file with the one recorded.
    static func check(
        _ found: SHA256Digest, _ blob: StoredBlob, _ reference: BlobReference
    ) throws(BlobError) {
        guard found == blob.digest else {
            throw BlobError(
                .changed, "the referenced file \(reference) has SHA-256 \(found), \(blob.digest) was recorded"
            )
        }
    }

    // MARK: - Private

    /// Runs cancellable work that nobody will cancel: what it throws is always ours.
    private static func uncancelled<Result>(
        _ body: (Cancellation) throws -> Result
    ) throws(BlobError) -> Result {
        do {
            return try body(Cancellation())
        } catch {
            throw error as? BlobError ?? BlobError(.io, "\(error)", cause: error)
        }
    }

    private func pack(_ number: UInt32, _ digest: SHA256Digest) throws(BlobError) -> OpenFile {
        do throws(BlobError) {
            return try cache.pack(number)
        } catch {
            guard error.code == .missing else { throw error }
            throw BlobError(.missing, "pack \(number) with blob \(digest) is gone", cause: error)
        }
    }

    private func record(
        in file: OpenFile, _ number: UInt32, _ offset: Int, _ length: Int, _ digest: SHA256Digest
    ) throws(BlobError) -> (header: RecordHeader, payload: [UInt8]) {
        guard number > 0, length >= 0, length <= Int.max / 2, BlobLocation.isRecordOffset(offset) else {
            throw BlobError(.invalid, "no record can be in pack \(number) at \(offset) with \(length) bytes")
        }
        let end = offset + PackFormat.recordHeaderLength + length
        let packLength = try file.status().length
        // Before the bytes are allocated: a wrong length could ask for terabytes.
        guard end <= packLength else {
            throw .corrupt(pack: number, at: offset, digest, "ends at \(end), the pack at \(packLength)")
        }
        let bytes = try file.bytes(at: offset, count: PackFormat.recordHeaderLength)
        guard let header = RecordHeader(decoding: bytes, at: offset) else {
            throw .corrupt(pack: number, at: offset, digest, "the record's header is damaged")
        }
        guard header.digest == digest, header.length == length else {
            throw .corrupt(
                pack: number, at: offset, digest,
                "another blob is here, \(header.digest) of \(header.length) bytes instead of \(length)")
        }
        let payload = try file.bytes(at: header.payloadOffset, count: length)
        let checksum = CRC32C.checksum(payload)
        guard payload.count == length, checksum == header.payloadChecksum else {
            throw .corrupt(
                pack: number, at: offset, digest,
                "the payload's CRC-32C is \(checksum), \(header.payloadChecksum) was written")
        }
        return (header, payload)
    }

    private func referenceReader(
        _ blob: StoredBlob, _ reference: BlobReference, _ length: Int, _ cancellation: Cancellation
    ) throws -> BlobReader {
        let file = try openReferenced(reference, length)
        let before = try file.status()
        try Self.check(try Self.digest(of: file, length, cancellation), blob, reference)
        return BlobReader(blob, .reference(file, before))
    }
}

extension StoredBlob {
    /// The range of the blob that is meant, all of it for `nil`; `invalid` unless it lies inside.
    @discardableResult
    func check(_ range: Range<Int>?) throws(BlobError) -> Range<Int> {
        guard (0...Int.max / 2).contains(location.length) else {
            throw BlobError(.invalid, "blob \(digest) cannot have \(location.length) bytes")
        }
        let range = range ?? 0..<location.length
        guard range.lowerBound >= 0, range.upperBound <= location.length else {
            throw BlobError(.invalid, "bytes \(range) of blob \(digest), which has \(location.length)")
        }
        return range
    }

    func checkDigest(of bytes: [UInt8]) throws(BlobError) {
        let found = SHA256Digest(hashing: bytes)
        guard found == digest else {
            throw BlobError(.corrupt, "the bytes at \(location.place) have SHA-256 \(found), not \(digest)")
        }
    }
}
