import Base

/// What a snapshot holds; the numbers are part of the format.
enum SnapshotKind: UInt32 {
    case column = 1
    case multiValueColumn = 2
    case rowSet = 3
    case postingIndex = 4
}

/// The frame of every snapshot, little-endian: magic, format version, kind, the body's length and CRC-32C,
/// and the CRC-32C of all that. Then the body, in which everything begins at a multiple of eight bytes.
enum SnapshotFrame {
    static let magic: UInt64 = 0x4C4F_4341_4556_4F46  // "FOVEACOL"
    static let version: UInt32 = 1
    static let byteCount = 32
}

/// Puts a snapshot together in pieces that are written one after the other.
struct SnapshotWriter {
    /// Pieces grow to about this many bytes.
    private static let pieceByteCount = 1 << 20

    private var pieces: [[UInt8]] = []
    private var piece: [UInt8] = []

    init() {}

    mutating func put(_ number: UInt32) {
        withUnsafeBytes(of: number.littleEndian) { piece.append(contentsOf: $0) }
    }

    mutating func put(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { piece.append(contentsOf: $0) }
    }

    mutating func put(_ number: Int) { put(UInt64(number)) }

    mutating func put(_ number: Int64) { put(UInt64(bitPattern: number)) }

    /// Puts bytes, and zeros up to a multiple of eight. Numbers in them are little-endian, as the processor
    /// is.
    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        if piece.count + bytes.count > SnapshotWriter.pieceByteCount, !piece.isEmpty { cut() }
        piece.append(contentsOf: bytes)
        while piece.count % 8 != 0 { piece.append(0) }
    }

    /// Puts the first `count` bytes of a block.
    mutating func put(_ block: MemoryBlock, count: Int) {
        put(UnsafeRawBufferPointer(start: block.base, count: count))
    }

    mutating func put(_ text: String) {
        put(text.utf8.count)
        Array(text.utf8).withUnsafeBytes { put($0) }
    }

    /// The pieces in order, the frame first.
    consuming func finish(_ kind: SnapshotKind) -> [[UInt8]] {
        if !piece.isEmpty { cut() }
        var crc: UInt32 = 0
        var byteCount = 0
        for piece in pieces {
            crc = CRC32C.checksum(piece, continuing: crc)
            byteCount += piece.count
        }
        var frame = SnapshotWriter()
        frame.put(SnapshotFrame.magic)
        frame.put(SnapshotFrame.version)
        frame.put(kind.rawValue)
        frame.put(byteCount)
        frame.put(crc)
        frame.put(CRC32C.checksum(frame.piece))
        return [frame.piece] + pieces
    }

    private mutating func cut() {
        pieces.append(piece)
        piece = []
        piece.reserveCapacity(SnapshotWriter.pieceByteCount)
    }
}
