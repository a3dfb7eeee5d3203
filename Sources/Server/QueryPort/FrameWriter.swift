import Engine
import NIOCore

/// A reply on its way out: gives the bytes of its frame piece by piece, so that blobs are never put together.
struct FrameWriter {
    private let message: CommandMessage
    /// Bytes of the frame, its length not counted.
    let byteCount: Int
    /// What comes next: the frame's length, the text, or a blob.
    private var part = Part.length
    /// How much of the part's value was given.
    private var offset = 0

    private enum Part: Equatable {
        case length
        case json
        case blob(Int)
        case end
    }

    init(_ message: CommandMessage) {
        self.message = message
        byteCount = FrameWriter.byteCount(of: message)
    }

    /// The bytes that `message` takes as protobuf.
    static func byteCount(of message: CommandMessage) -> Int {
        message.blobs.reduce(fieldByteCount(message.json.count)) { $0 + fieldByteCount($1.count) }
    }

    /// Whether all was given.
    var isAtEnd: Bool { part == .end }

    /// Appends to `buffer` until it holds about `limit` bytes or all was given.
    mutating func write(into buffer: inout ByteBuffer, upTo limit: Int) {
        while part != .end, buffer.readableBytes < limit {
            switch part {
            case .length:
                buffer.writeInteger(UInt32(byteCount), endianness: .little)
                part = .json
            case .json:
                writeValue(message.json, field: QueryMessage.Field.json, into: &buffer, upTo: limit)
                if offset == message.json.count { next(.blob(0)) }
            case .blob(let index) where index < message.blobs.count:
                writeValue(message.blobs[index], field: QueryMessage.Field.blobs, into: &buffer, upTo: limit)
                if offset == message.blobs[index].count { next(.blob(index + 1)) }
            case .blob, .end: part = .end
            }
        }
        if part == .blob(message.blobs.count) { part = .end }
    }

    // MARK: - Private

    private mutating func next(_ part: Part) {
        self.part = part
        offset = 0
    }

    /// Writes what is left of a value, or as much of it as fits.
    private mutating func writeValue(
        _ value: [UInt8], field: UInt32, into buffer: inout ByteBuffer, upTo limit: Int
    ) {
        if offset == 0 {
            FrameWriter.writeVarint(UInt64(field << 3 | QueryMessage.WireType.bytes), into: &buffer)
            FrameWriter.writeVarint(UInt64(value.count), into: &buffer)
        }
        // The header may have reached the limit; a byte goes with it, so that it is not written twice.
        let count = min(value.count - offset, max(limit - buffer.readableBytes, 1))
        buffer.writeBytes(value[offset..<offset + count])
        offset += count
    }

    private static func writeVarint(_ number: UInt64, into buffer: inout ByteBuffer) {
        var rest = number
        while rest > 0x7F {
            buffer.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.writeInteger(UInt8(rest))
    }

    /// Bytes of a field of ours: its tag, its length, its value.
    private static func fieldByteCount(_ count: Int) -> Int {
        1 + max(1, (UInt64.bitWidth - UInt64(count).leadingZeroBitCount + 6) / 7) + count
    }
}
