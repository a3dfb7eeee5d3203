/// The message of some rows of a table. Its columns are appended in the order of the fields, and then it is
/// taken.
///
/// Values are copied once, to where they are in the message. Room for the metadata, whose length follows from
/// the fields alone, is left before them.
public struct ArrowBatch: ~Copyable {
    /// Rows of a batch at most, so that readers can begin before all have come.
    public static let mostRows = 65_536

    private let fields: [ArrowField]
    private let rowCount: Int
    private let metadataByteCount: Int
    private var bytes: [UInt8]
    private var nodes: [(Int64, Int64)] = []
    private var buffers: [(Int64, Int64)] = []

    /// - Parameters:
    ///   - fields: of the schema that the stream began with.
    ///   - textByteCount: bytes that the texts have in all, if that is known: room for them is made at once.
    public init(_ fields: [ArrowField], rowCount: Int, textByteCount: Int = 0) {
        self.fields = fields
        self.rowCount = rowCount
        let bufferCount = fields.reduce(0) { $0 + ($1.type == .utf8 ? 3 : 2) }
        metadataByteCount =
            ArrowBatch.message(
                rowCount: 0, nodes: Array(repeating: (0, 0), count: fields.count),
                buffers: Array(repeating: (0, 0), count: bufferCount), bodyByteCount: 0
            ).count
        bytes = []
        bytes.reserveCapacity(
            metadataByteCount + textByteCount + fields.count * (rowCount * 8 + rowCount / 8 + 256))
        bytes += Array(repeating: 0, count: metadataByteCount)
    }

    /// Appends a column of numbers: of integers, of the bit patterns of floats, or of microseconds.
    /// - Parameters:
    ///   - numbers: those of the batch's rows are from the `first`th on; a multiple of 64.
    ///   - presence: a bit each, the least significant first; `nil` where all have a value.
    public mutating func append(numbers: [UInt64], presence: [UInt64]?, from first: Int) {
        precondition(next != .utf8 && next != .boolean, "numbers in the place of \(next)")
        appendValidity(presence, from: first)
        let start = beginBuffer()
        numbers.withUnsafeBytes { numbers in
            bytes.append(contentsOf: numbers[first * 8..<(first + rowCount) * 8])
        }
        endBuffer(from: start)
    }

    /// Appends a column of booleans, which are true where `numbers` are not 0.
    public mutating func append(booleans numbers: [UInt64], presence: [UInt64]?, from first: Int) {
        precondition(next == .boolean, "booleans in the place of \(next)")
        appendValidity(presence, from: first)
        let start = beginBuffer()
        for byte in 0..<(rowCount + 7) / 8 {
            var bits: UInt8 = 0
            for place in byte * 8..<min(byte * 8 + 8, rowCount) where numbers[first + place] != 0 {
                bits |= 1 << UInt8(place & 7)
            }
            bytes.append(bits)
        }
        endBuffer(from: start)
    }

    /// Appends a column of texts: the UTF-8 bytes of the batch's rows, of a row without value none.
    public mutating func append(
        texts: ArraySlice<UnsafeRawBufferPointer>, presence: [UInt64]?, from first: Int
    ) {
        precondition(next == .utf8 && texts.count == rowCount, "texts in the place of \(next)")
        appendValidity(presence, from: first)
        let offsets = beginBuffer()
        let ends = [Int32](unsafeUninitializedCapacity: texts.count + 1) { ends, count in
            var end: Int32 = 0
            ends[0] = 0
            count = 1
            for text in texts {
                end += Int32(text.count)
                ends[count] = end.littleEndian
                count += 1
            }
        }
        ends.withUnsafeBytes { bytes.append(contentsOf: $0) }
        endBuffer(from: offsets)
        let start = beginBuffer()
        let total = Int(Int32(littleEndian: ends[ends.count - 1]))
        let joined = [UInt8](unsafeUninitializedCapacity: total) { room, count in
            for text in texts {
                guard let source = text.baseAddress, let out = room.baseAddress else { continue }
                UnsafeMutableRawPointer(out + count).copyMemory(from: source, byteCount: text.count)
                count += text.count
            }
        }
        bytes.append(contentsOf: joined)
        endBuffer(from: start)
    }

    /// The message, once every column is appended.
    public consuming func take() -> [UInt8] {
        precondition(nodes.count == fields.count, "\(nodes.count) of \(fields.count) columns")
        let body = bytes.count - metadataByteCount
        let head = ArrowBatch.message(
            rowCount: rowCount, nodes: nodes, buffers: buffers, bodyByteCount: body)
        bytes.replaceSubrange(0..<metadataByteCount, with: head)
        return bytes
    }

    // MARK: - Private

    /// The type of the column that comes next.
    private var next: ArrowType {
        precondition(nodes.count < fields.count, "more columns than fields")
        return fields[nodes.count].type
    }

    private static func message(
        rowCount: Int, nodes: [(Int64, Int64)], buffers: [(Int64, Int64)], bodyByteCount: Int
    ) -> [UInt8] {
        var buffer = FlatBuffer()
        let header = ArrowStream.message(
            header: ArrowStream.Header.recordBatch, bodyByteCount: bodyByteCount, in: &buffer)
        let places = buffer.table(
            [(0, .int64(Int64(rowCount))), (1, .reference), (2, .reference)], for: header)
        if let list = places[1] { buffer.pairs(nodes, for: list) }
        if let list = places[2] { buffer.pairs(buffers, for: list) }
        return ArrowStream.framed(buffer.bytes)
    }

    /// The bits of the rows that have a value; none where all have.
    private mutating func appendValidity(_ presence: [UInt64]?, from first: Int) {
        precondition(first % 64 == 0, "a batch begins with the row \(first)")
        guard let presence else {
            nodes.append((Int64(rowCount), 0))
            return endBuffer(from: beginBuffer())
        }
        var present = 0
        for row in stride(from: 0, to: rowCount, by: 64) {
            let isWhole = row + 64 <= rowCount
            let mask: UInt64 = isWhole ? .max : 1 << UInt64(rowCount - row) - 1
            present += (presence[(first + row) / 64] & mask).nonzeroBitCount
        }
        nodes.append((Int64(rowCount), Int64(rowCount - present)))
        let start = beginBuffer()
        if present < rowCount {
            presence.withUnsafeBytes {
                bytes.append(contentsOf: $0[first / 8..<first / 8 + (rowCount + 7) / 8])
            }
            // Bits beyond the last row belong to rows of other batches.
            if rowCount % 8 != 0 { bytes[bytes.count - 1] &= 1 << UInt8(rowCount % 8) - 1 }
        }
        endBuffer(from: start)
    }

    private func beginBuffer() -> Int { bytes.count }

    /// Notes the buffer that began at `start`, and has the next one begin at a multiple of 64, as the format
    /// recommends.
    private mutating func endBuffer(from start: Int) {
        buffers.append((Int64(start - metadataByteCount), Int64(bytes.count - start)))
        let body = bytes.count - metadataByteCount
        bytes += repeatElement(0, count: FlatBuffer.aligned(body, to: 64) - body)
    }
}
