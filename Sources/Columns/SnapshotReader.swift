import Base

/// Reads the body of a snapshot, every step within its bounds. Nothing in it is trusted: each structure
/// checks what it reads, so that bytes with a right checksum and wrong contents throw as well.
struct SnapshotReader {
    private let bytes: UnsafeRawBufferPointer
    private var place: Int

    /// Checks the frame and the checksum of all of `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, kind: SnapshotKind) throws(ColumnsError) {
        self.bytes = bytes
        place = 0
        guard bytes.count >= SnapshotFrame.byteCount, try uint64() == SnapshotFrame.magic else {
            throw SnapshotReader.malformed("it does not begin as one")
        }
        let version = try uint32()
        let kindNumber = try uint32()
        let byteCount = try uint64()
        let crc = try uint32()
        let frameCRC = try uint32()
        guard
            CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<(SnapshotFrame.byteCount - 4)]))
                == frameCRC
        else { throw SnapshotReader.malformed("its frame is damaged") }
        guard version == SnapshotFrame.version else {
            throw ColumnsError(
                .unsupportedVersion,
                "a column snapshot of format \(version); this program knows format \(SnapshotFrame.version)")
        }
        guard kindNumber == kind.rawValue else {
            throw SnapshotReader.malformed("it is of kind \(kindNumber), not \(kind.rawValue)")
        }
        guard byteCount == UInt64(bytes.count - SnapshotFrame.byteCount) else {
            throw SnapshotReader.malformed(
                "it has \(bytes.count - SnapshotFrame.byteCount) bytes after its frame, which tells of \(byteCount)"
            )
        }
        guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[SnapshotFrame.byteCount...])) == crc
        else {
            throw SnapshotReader.malformed("its checksum is wrong")
        }
    }

    static func malformed(_ why: String) -> ColumnsError {
        ColumnsError(.malformedSnapshot, "not a column snapshot: \(why)")
    }

    /// Throws `malformedSnapshot` unless `condition` holds.
    func require(_ condition: Bool, _ what: @autoclosure () -> String) throws(ColumnsError) {
        if !condition { throw SnapshotReader.malformed("\(what()) near byte \(place)") }
    }

    var remaining: Int { bytes.count - place }

    mutating func uint32() throws(ColumnsError) -> UInt32 {
        try require(remaining >= 4, "the end")
        defer { place += 4 }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    mutating func uint64() throws(ColumnsError) -> UInt64 {
        try require(remaining >= 8, "the end")
        defer { place += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    mutating func int64() throws(ColumnsError) -> Int64 { Int64(bitPattern: try uint64()) }

    /// A number in `range`.
    mutating func integer(in range: ClosedRange<Int>, _ what: String) throws(ColumnsError) -> Int {
        let number = try uint64()
        guard let integer = Int(exactly: number), range.contains(integer) else {
            throw SnapshotReader.malformed("\(what) \(number) outside \(range) near byte \(place)")
        }
        return integer
    }

    /// `count` bytes and the padding after them; valid as long as the snapshot's bytes are.
    mutating func bytes(_ count: Int) throws(ColumnsError) -> UnsafeRawBufferPointer {
        let padded = (count + 7) / 8 * 8
        try require(count >= 0 && padded >= count && remaining >= padded, "\(count) bytes beyond the end")
        defer { place += padded }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    /// A copy of `count` bytes in a block of `byteCount`, the rest zeros.
    mutating func block(_ count: Int, byteCount: Int? = nil) throws(ColumnsError) -> MemoryBlock {
        .copy(of: try bytes(count), byteCount: byteCount ?? count)
    }

    mutating func string() throws(ColumnsError) -> String {
        String(decoding: try bytes(try integer(in: 0...remaining, "a length")), as: UTF8.self)
    }

    /// Throws unless everything has been read.
    func finish() throws(ColumnsError) { try require(remaining == 0, "\(remaining) bytes too many") }
}
