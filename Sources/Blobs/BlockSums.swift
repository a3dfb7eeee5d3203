import Base
import Glibc
import SystemPackage

/// The checksums of a large file, kept in a file beside it, so that a range is checked without reading the
/// rest.
///
/// ```
///  0  "fovsums\n"
///  8  version (2)
/// 10  flags (2), zero
/// 12  block length (4)
/// 16  length (8) of the large file
/// 24  SHA-256 (32) of the large file
/// 56  CRC-32C (4) of each block, the last one may be shorter
///  …  CRC-32C (4) of all the above
/// ```
struct BlockSums: Sendable, Equatable {
    static let magic: [UInt8] = Array("fovsums\n".utf8)
    static let version: UInt16 = 1
    static let blockLength = 1 << 20
    private static let headerLength = 56

    var length: Int
    var digest: SHA256Digest
    var checksums: [UInt32]

    var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.headerLength + 4 * checksums.count + 4)
        bytes.append(littleEndian: Self.version)
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: UInt32(Self.blockLength))
        bytes.append(littleEndian: UInt64(length))
        bytes.append(contentsOf: digest.bytes)
        for checksum in checksums { bytes.append(littleEndian: checksum) }
        bytes.append(littleEndian: CRC32C.checksum(bytes))
        return bytes
    }

    init(length: Int, digest: SHA256Digest, checksums: [UInt32]) {
        self.length = length
        self.digest = digest
        self.checksums = checksums
    }

    /// Reads the sums of the large file `digest` of `length` bytes.
    ///
    /// - Throws: `missing`; `corrupt` unless they are sound and those of this very file; `unsupported` for
    ///   another version.
    init(of digest: SHA256Digest, length: Int, _ layout: BlobLayout, _ calls: FileCalls) throws(BlobError) {
        let path = layout.largeSums(digest)
        let file = try OpenFile(path, O_RDONLY, calls: calls)
        let blockCount = (length + Self.blockLength - 1) / Self.blockLength
        let expected = Self.headerLength + 4 * blockCount + 4
        guard try file.status().length == expected else {
            throw BlobError(
                .corrupt, "\(path.string) does not have the length of the sums of \(length) bytes")
        }
        let bytes = try file.bytes(at: 0, count: expected)
        guard bytes.count == expected, bytes.starts(with: Self.magic),
            bytes.integer(at: expected - 4, UInt32.self) == CRC32C.checksum(Array(bytes.dropLast(4)))
        else { throw BlobError(.corrupt, "\(path.string) does not match its own checksum") }
        guard bytes.integer(at: 8, UInt16.self) == Self.version,
            bytes.integer(at: 12, UInt32.self) == UInt32(Self.blockLength)
        else { throw BlobError(.unsupported, "\(path.string) is of another version") }
        guard bytes.integer(at: 16, UInt64.self) == UInt64(length),
            SHA256Digest(bytes: bytes[24..<56]) == digest
        else { throw BlobError(.corrupt, "\(path.string) holds the sums of another file") }
        self.length = length
        self.digest = digest
        self.checksums = (0..<blockCount).map { bytes.integer(at: Self.headerLength + 4 * $0, UInt32.self) }
    }

    /// The bytes of block `index`.
    func range(ofBlock index: Int) -> Range<Int> {
        index * Self.blockLength..<min(length, (index + 1) * Self.blockLength)
    }
}
