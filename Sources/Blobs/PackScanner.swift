import Base
import Glibc

/// Walks over the records of one pack, and finds its way again behind what is damaged.
///
/// From a record that is whole the next one follows. From anything else the walk searches on, byte by byte,
/// for a header that is sound, has the pack's salt and says that it belongs where it stands: a header alone
/// is not trusted to say where its record ends, as the write of the payload may have been lost and the place
/// reused.
struct PackScanner {
    enum Entry: Equatable {
        /// A record whose header and payload match their checksums.
        case record(RecordHeader)
        /// A record whose payload does not match, or is cut short.
        case damaged(RecordHeader)
        /// Bytes in which no record begins: a lost write, or a damaged header with its payload.
        case unreadable(offset: Int, length: Int)
    }

    private let file: OpenFile
    private let length: Int
    private let salt: UInt64?
    private var offset = PackFormat.headerLength

    /// - Throws: `unsupported` for a pack of another version. A damaged pack header is none: its records
    ///   speak for themselves.
    init(_ file: OpenFile) throws(BlobError) {
        self.file = file
        self.length = try file.status().length
        let bytes = try file.bytes(at: 0, count: PackFormat.headerLength)
        if let header = try PackHeader(decoding: bytes) {
            self.salt = header.salt
        } else {
            let first = try file.bytes(at: PackFormat.headerLength, count: PackFormat.recordHeaderLength)
            self.salt = RecordHeader(decoding: first, at: PackFormat.headerLength)?.salt
        }
    }

    /// The next entry, in the order of offsets; `nil` at the end of the pack.
    ///
    /// - Throws: `CancelledError`; `io` when the file cannot be read.
    mutating func next(_ cancellation: Cancellation) throws -> Entry? {
        guard offset < length else { return nil }
        let start = offset
        if let header = try header(at: start) {
            if try isIntact(header, cancellation) {
                offset = PackFormat.aligned(header.end)
                return .record(header)
            }
            offset = try nextHeader(from: start + PackFormat.alignment, cancellation)
            return .damaged(header)
        }
        offset = try nextHeader(from: start + PackFormat.alignment, cancellation)
        return .unreadable(offset: start, length: offset - start)
    }

    // MARK: - Private

    private static let pieceLength = 1 << 20

    private func header(at offset: Int) throws(BlobError) -> RecordHeader? {
        let bytes = try file.bytes(at: offset, count: PackFormat.recordHeaderLength)
        guard let header = RecordHeader(decoding: bytes, at: offset), salt == nil || header.salt == salt
        else {
            return nil
        }
        return header
    }

    private func isIntact(_ header: RecordHeader, _ cancellation: Cancellation) throws -> Bool {
        guard header.end <= length else { return false }
        var checksum: UInt32 = 0
        var offset = header.payloadOffset
        while offset < header.end {
            try cancellation.check()
            let piece = try file.bytes(at: offset, count: min(Self.pieceLength, header.end - offset))
            guard !piece.isEmpty else { return false }
            checksum = CRC32C.checksum(piece, continuing: checksum)
            offset += piece.count
        }
        return checksum == header.payloadChecksum
    }

    /// The offset of the first sound header at `start` or behind; the pack's length if there is none.
    private func nextHeader(from start: Int, _ cancellation: Cancellation) throws -> Int {
        let signature = RecordHeader.signature
        var windowStart = start
        while windowStart + PackFormat.recordHeaderLength <= length {
            try cancellation.check()
            let window = try file.bytes(at: windowStart, count: min(Self.pieceLength, length - windowStart))
            guard window.count >= signature.count else { break }
            var searched = 0
            while let found = Self.position(of: signature, in: window, from: searched) {
                let candidate = windowStart + found
                if candidate.isMultiple(of: PackFormat.alignment), try header(at: candidate) != nil {
                    return candidate
                }
                searched = found + 1
            }
            // A signature may lie across the border of two windows.
            windowStart += window.count - (signature.count - 1)
        }
        return length
    }

    private static func position(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            // A window is never empty, so it has a base address.
            let base = buffer.baseAddress!
            var position = start
            while position + needle.count <= buffer.count,
                let found = memchr(
                    base + position, CInt(needle[0]), buffer.count - needle.count + 1 - position)
            {
                if memcmp(found, needle, needle.count) == 0 { return UnsafeRawPointer(found) - base }
                position = UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }
}
