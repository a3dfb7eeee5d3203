/// Writes a flatbuffer front to back: https://flatbuffers.dev/internals/. Little-endian, as everything in
/// Arrow's metadata is.
///
/// A table is written with room for its references, and what they refer to after it: references lead
/// forward, as they must.
struct FlatBuffer {
    /// One field of a table.
    enum Field {
        case uint8(UInt8)
        case int16(Int16)
        case int32(Int32)
        case int64(Int64)
        /// To be filled in with ``point(_:)``.
        case reference

        fileprivate var byteCount: Int {
            switch self {
            case .uint8: 1
            case .int16: 2
            case .int32, .reference: 4
            case .int64: 8
            }
        }
    }

    private(set) var bytes: [UInt8] = []
    /// Where the root is to be told.
    private let root: Int

    init() {
        root = 0
        append(UInt32(0))
    }

    /// Begins the root table. Returns where its references are, by slot.
    mutating func rootTable(_ fields: [(slot: Int, field: Field)]) -> [Int: Int] {
        table(fields, for: root)
    }

    /// Writes the table that the reference at `reference` leads to. Returns where its own references are, by
    /// slot.
    mutating func table(_ fields: [(slot: Int, field: Field)], for reference: Int) -> [Int: Int] {
        // The largest fields first, so that none needs padding but after the table's own offset.
        let sorted = fields.sorted { ($0.field.byteCount, $1.slot) > ($1.field.byteCount, $0.slot) }
        let slotCount = (fields.map(\.slot).max() ?? -1) + 1
        var places = [Int](repeating: 0, count: slotCount)
        var end = 4
        for (slot, field) in sorted {
            end = FlatBuffer.aligned(end, to: field.byteCount)
            places[slot] = end
            end += field.byteCount
        }
        let vtable = (bytes.count + 1) / 2 * 2
        let start = FlatBuffer.aligned(vtable + 4 + slotCount * 2, to: 8)
        pad(to: vtable)
        append(UInt16(4 + slotCount * 2))
        append(UInt16(end))
        for place in places { append(UInt16(place)) }
        pad(to: start)
        append(UInt32(bitPattern: Int32(start - vtable)))
        pad(to: start + end)
        var references: [Int: Int] = [:]
        for (slot, field) in fields {
            let place = start + places[slot]
            switch field {
            case .uint8(let number): put(number, at: place)
            case .int16(let number): put(UInt16(bitPattern: number), at: place)
            case .int32(let number): put(UInt32(bitPattern: number), at: place)
            case .int64(let number): put(UInt64(bitPattern: number), at: place)
            case .reference: references[slot] = place
            }
        }
        point(reference, to: start)
        return references
    }

    /// Writes the text that the reference at `reference` leads to.
    mutating func string(_ text: String, for reference: Int) {
        pad(to: FlatBuffer.aligned(bytes.count, to: 4))
        point(reference, to: bytes.count)
        append(UInt32(text.utf8.count))
        bytes += Array(text.utf8)
        bytes.append(0)
    }

    /// Writes a vector of `count` references. Returns where they are.
    mutating func references(_ count: Int, for reference: Int) -> [Int] {
        pad(to: FlatBuffer.aligned(bytes.count, to: 4))
        point(reference, to: bytes.count)
        append(UInt32(count))
        let first = bytes.count
        for _ in 0..<count { append(UInt32(0)) }
        return (0..<count).map { first + $0 * 4 }
    }

    /// Writes a vector of structs of two 64-bit integers each.
    mutating func pairs(_ pairs: [(Int64, Int64)], for reference: Int) {
        // The first number, behind the count, is aligned to its size.
        pad(to: FlatBuffer.aligned(bytes.count + 4, to: 8) - 4)
        point(reference, to: bytes.count)
        append(UInt32(pairs.count))
        for (first, second) in pairs {
            append(UInt64(bitPattern: first))
            append(UInt64(bitPattern: second))
        }
    }

    // MARK: - Private

    static func aligned(_ place: Int, to alignment: Int) -> Int {
        (place + alignment - 1) / alignment * alignment
    }

    private mutating func pad(to place: Int) {
        if bytes.count < place { bytes += Array(repeating: 0, count: place - bytes.count) }
    }

    private mutating func point(_ reference: Int, to place: Int) {
        put(UInt32(place - reference), at: reference)
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func put(_ number: some FixedWidthInteger, at place: Int) {
        withUnsafeBytes(of: number.littleEndian) { number in
            for (offset, byte) in number.enumerated() { bytes[place + offset] = byte }
        }
    }
}
