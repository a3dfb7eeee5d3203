import CColumns

/// The values of up to 4,096 consecutive rows of a column, immutable.
final class ColumnChunk: Sendable {
    /// A power of two: small enough that copying a chunk for an update costs microseconds.
    static let width = 4_096
    static let wordWidth = width / 64

    /// Rows from the chunk's first on; later ones of its range have no value.
    let rowCount: Int
    let presentCount: Int
    /// Bits of the rows that have a value; `nil` where all below `rowCount` do.
    let presence: MemoryBlock?
    /// The number of each row: the value, or its code in the dictionary.
    let numbers: PackedNumbers

    init(rowCount: Int, presentCount: Int, presence: MemoryBlock?, numbers: PackedNumbers) {
        self.rowCount = rowCount
        self.presentCount = presentCount
        self.presence = presentCount == rowCount ? nil : presence
        self.numbers = numbers
    }

    /// Packs `rowCount` rows, of which `presentCount`, at least one, have a value: those whose bit is set in
    /// `presence`, or all where it is `nil`.
    convenience init(
        type: ColumnType, bits: UnsafePointer<UInt64>, presence: MemoryBlock?, presentCount: Int,
        rowCount: Int,
        exponent: Int
    ) {
        let capacity = wordCount(forBits: rowCount) * 64
        let mask = presentCount == rowCount ? nil : presence.map { UnsafePointer($0.words) }
        let raw = UnsafeRawPointer(bits)
        let numbers: PackedNumbers
        if type == .float {
            numbers = .doubles(
                raw.assumingMemoryBound(to: Double.self), presence: mask, count: rowCount, capacity: capacity,
                exponent: exponent)
        } else {
            numbers = .integers(
                raw.assumingMemoryBound(to: Int64.self), presence: mask, count: rowCount, capacity: capacity,
                triesSteps: type == .dateTime)
        }
        self.init(rowCount: rowCount, presentCount: presentCount, presence: presence, numbers: numbers)
    }

    var words: Int { wordCount(forBits: rowCount) }
    var byteCount: Int { numbers.byteCount + (presence?.byteCount ?? 0) + 160 }

    @inline(__always)
    func hasValue(at row: Int) -> Bool {
        guard row < rowCount else { return false }
        guard let presence else { return true }
        return UnsafePointer(presence.words).isSet(row)
    }

    /// Writes the rows that have a value, `words` words.
    func writePresence(into out: BitBuffer) {
        if let presence {
            out.update(from: presence.words, count: words)
        } else {
            out.setBits(rowCount)
        }
    }

    /// Takes rows without a value out of `out`; returns how many are left.
    func mask(_ out: BitBuffer) -> Int {
        if presence == nil { out.clearTail(after: rowCount) }
        return fovea_columns_mask(out, presence?.words, words)
    }

    /// Writes the rows whose number satisfies `test`, `words` words; returns how many do.
    func select(_ test: NumberTest, into out: BitBuffer) -> Int {
        switch numbers.match(test, words: words, into: out) {
        case .none:
            out.update(repeating: 0, count: words)
            return 0
        case .all:
            writePresence(into: out)
            return presentCount
        case .bits: return mask(out)
        }
    }

    /// The rows of `set` (its words of this chunk, `nil` for all) that have a value, written to `scratch`
    /// unless they lie somewhere already.
    @inline(__always)
    func present(in set: UnsafePointer<UInt64>?, scratch: BitBuffer) -> UnsafePointer<UInt64> {
        guard let set else {
            if let presence { return UnsafePointer(presence.words) }
            scratch.setBits(rowCount)
            return UnsafePointer(scratch)
        }
        scratch.update(from: set, count: words)
        _ = mask(scratch)
        return UnsafePointer(scratch)
    }
}
