import Base

/// How a pack is laid out: one ``PackHeader``, then records, each a ``RecordHeader`` and its payload, each at
/// a multiple of 8. All integers are little-endian.
///
/// ```
/// pack header, 32 bytes                 record header, 72 bytes
///  0  "fovpack\n"                        0  46 62 9D 0A
///  8  version (2)                        4  version (2)
/// 10  flags (2), zero                    6  flags (2), zero
/// 12  number (4)                         8  salt (8), the pack's
/// 16  salt (8)                          16  offset (8) of this header in the pack
/// 24  zero (4)                          24  length (8) of the payload
/// 28  CRC-32C (4) of bytes 0..<28       32  SHA-256 (32) of the payload
///                                       64  CRC-32C (4) of the payload
///                                       68  CRC-32C (4) of bytes 0..<68
/// ```
///
/// Salt and offset make a record recognisable where the walk from record to record is broken: bytes inside a
/// payload, a stored pack included, cannot pass for a record of this pack.
enum PackFormat {
    static let version: UInt16 = 1
    static let headerLength = 32
    static let recordHeaderLength = 72
    static let alignment = 8

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    /// Header and payload, up to where the next record may begin.
    static func recordLength(payload: Int) -> Int { aligned(recordHeaderLength + payload) }
}

/// The first bytes of a pack.
struct PackHeader: Sendable, Equatable {
    static let magic: [UInt8] = Array("fovpack\n".utf8)

    var number: UInt32
    var salt: UInt64

    var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: PackFormat.version)
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: number)
        bytes.append(littleEndian: salt)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: CRC32C.checksum(bytes))
        return bytes
    }

    init(number: UInt32, salt: UInt64) {
        self.number = number
        self.salt = salt
    }

    /// Reads a header; `nil` where the bytes are none.
    ///
    /// - Throws: `unsupported` for a sound header of another version.
    init?(decoding bytes: [UInt8]) throws(BlobError) {
        guard bytes.count >= PackFormat.headerLength, bytes.starts(with: Self.magic),
            bytes.integer(at: 28, UInt32.self) == CRC32C.checksum(Array(bytes[..<28]))
        else { return nil }
        self.number = bytes.integer(at: 12, UInt32.self)
        self.salt = bytes.integer(at: 16, UInt64.self)
        let version = bytes.integer(at: 8, UInt16.self)
        let flags = bytes.integer(at: 10, UInt16.self)
        guard version == PackFormat.version, flags == 0 else {
            throw BlobError(
                .unsupported,
                "pack \(number) has format \(version).\(flags), this program reads \(PackFormat.version).0")
        }
    }
}

/// The header of one record of a pack.
struct RecordHeader: Sendable, Equatable {
    /// Magic and version: what a search for lost records looks for.
    static let signature: [UInt8] = [0x46, 0x62, 0x9D, 0x0A, UInt8(PackFormat.version), 0, 0, 0]

    var salt: UInt64
    var offset: Int
    var length: Int
    var digest: SHA256Digest
    var payloadChecksum: UInt32

    var payloadOffset: Int { offset + PackFormat.recordHeaderLength }
    /// Where the payload ends; the next record begins at the next multiple of 8.
    var end: Int { payloadOffset + length }

    var encoded: [UInt8] {
        var bytes = Self.signature
        bytes.reserveCapacity(PackFormat.recordHeaderLength)
        bytes.append(littleEndian: salt)
        bytes.append(littleEndian: UInt64(offset))
        bytes.append(littleEndian: UInt64(length))
        bytes.append(contentsOf: digest.bytes)
        bytes.append(littleEndian: payloadChecksum)
        bytes.append(littleEndian: CRC32C.checksum(bytes))
        return bytes
    }

    init(salt: UInt64, offset: Int, length: Int, digest: SHA256Digest, payloadChecksum: UInt32) {
        self.salt = salt
        self.offset = offset
        self.length = length
        self.digest = digest
        self.payloadChecksum = payloadChecksum
    }

    /// Reads the header that stood at `offset`; `nil` unless it is sound and says that it belongs there.
    init?(decoding bytes: [UInt8], at offset: Int) {
        guard bytes.count == PackFormat.recordHeaderLength, bytes.starts(with: Self.signature),
            bytes.integer(at: 68, UInt32.self) == CRC32C.checksum(Array(bytes[..<68])),
            bytes.integer(at: 16, UInt64.self) == UInt64(offset),
            let length = Int(exactly: bytes.integer(at: 24, UInt64.self)), length <= Int.max / 2,
            let digest = SHA256Digest(bytes: bytes[32..<64])
        else { return nil }
        self.salt = bytes.integer(at: 8, UInt64.self)
        self.offset = offset
        self.length = length
        self.digest = digest
        self.payloadChecksum = bytes.integer(at: 64, UInt32.self)
    }
}

extension [UInt8] {
    mutating func append<Integer: FixedWidthInteger>(littleEndian value: Integer) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// The little-endian integer at `offset`, which must lie inside.
    func integer<Integer: FixedWidthInteger>(at offset: Int, _: Integer.Type) -> Integer {
        Integer(littleEndian: withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Integer.self) })
    }
}
