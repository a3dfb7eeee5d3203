/// The parts of a table in Arrow's streaming format: the message of its schema, messages of rows
/// (``ArrowBatch``), and the end.
///
/// Follows the columnar format 1.5, metadata version 5: https://arrow.apache.org/docs/format/Columnar.html
/// and the files of `format/` beside it.
public enum ArrowStream {
    /// The media type of a stream.
    public static let mediaType = "application/vnd.apache.arrow.stream"

    /// The message that a stream begins with.
    public static func schema(_ fields: [ArrowField]) -> [UInt8] {
        var buffer = FlatBuffer()
        let schema = message(header: Header.schema, bodyByteCount: 0, in: &buffer)
        // Little-endian, which is 0 and need not be said.
        let places = buffer.table([(1, .reference)], for: schema)
        guard let list = places[1] else { return [] }
        let references = buffer.references(fields.count, for: list)
        for (field, reference) in zip(fields, references) { write(field, for: reference, in: &buffer) }
        return framed(buffer.bytes)
    }

    /// The message that a stream ends with.
    public static let end: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]

    // MARK: - Shared with batches

    /// The kinds of messages.
    enum Header {
        static let schema: UInt8 = 1
        static let recordBatch: UInt8 = 3
    }

    /// Begins a message. Returns where the reference to its header is.
    static func message(header: UInt8, bodyByteCount: Int, in buffer: inout FlatBuffer) -> Int {
        let places = buffer.rootTable([
            (0, .int16(4)), (1, .uint8(header)), (2, .reference), (3, .int64(Int64(bodyByteCount))),
        ])
        return places[2] ?? 0
    }

    /// Metadata with what goes before it: a mark, and its length. The body begins at a multiple of 8.
    static func framed(_ metadata: [UInt8]) -> [UInt8] {
        let count = FlatBuffer.aligned(metadata.count, to: 8)
        var bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        withUnsafeBytes(of: UInt32(count).littleEndian) { bytes += Array($0) }
        bytes += metadata
        bytes += Array(repeating: 0, count: count - metadata.count)
        return bytes
    }

    // MARK: - Private

    /// The numbers of types in `Schema.fbs`.
    private enum TypeCode {
        static let integer: UInt8 = 2
        static let float: UInt8 = 3
        static let utf8: UInt8 = 5
        static let boolean: UInt8 = 6
        static let timestamp: UInt8 = 10
    }

    private static func write(_ field: ArrowField, for reference: Int, in buffer: inout FlatBuffer) {
        let code =
            switch field.type {
            case .int64: TypeCode.integer
            case .float64: TypeCode.float
            case .utf8: TypeCode.utf8
            case .boolean: TypeCode.boolean
            case .timestamp: TypeCode.timestamp
            }
        let isNullable = FlatBuffer.Field.uint8(1)
        let places = buffer.table(
            [(0, .reference), (1, isNullable), (2, .uint8(code)), (3, .reference), (5, .reference)]
                + (field.metadata.isEmpty ? [] : [(6, .reference)]), for: reference)
        if let name = places[0] { buffer.string(field.name, for: name) }
        if let type = places[3] {
            switch field.type {
            case .int64: _ = buffer.table([(0, .int32(64)), (1, .uint8(1))], for: type)
            case .float64: _ = buffer.table([(0, .int16(2))], for: type)
            case .utf8, .boolean: _ = buffer.table([], for: type)
            case .timestamp:
                let parts = buffer.table([(0, .int16(2)), (1, .reference)], for: type)
                if let zone = parts[1] { buffer.string("UTC", for: zone) }
            }
        }
        if let children = places[5] { _ = buffer.references(0, for: children) }
        guard let metadata = places[6] else { return }
        let pairs = field.metadata.sorted { $0.key < $1.key }
        for (pair, reference) in zip(pairs, buffer.references(pairs.count, for: metadata)) {
            let parts = buffer.table([(0, .reference), (1, .reference)], for: reference)
            if let key = parts[0] { buffer.string(pair.key, for: key) }
            if let value = parts[1] { buffer.string(pair.value, for: value) }
        }
    }
}
