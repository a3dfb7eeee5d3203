import CColumns

/// The values of up to 1,024 consecutive rows of a multi-value column, immutable: for each row where its
/// values end, for each value its type, where they differ, and its number.
final class MultiValueChunk: Sendable {
    static let width = 1_024

    let rowCount: Int
    /// How many rows have a value.
    let presentCount: Int
    let valueCount: Int
    /// 32-bit ends, one a row.
    let ends: MemoryBlock
    /// The type of all values, or `nil` where `types` tells each one's in a byte.
    let type: ColumnType?
    let types: MemoryBlock?
    let numbers: PackedNumbers

    init(
        rowCount: Int, presentCount: Int, valueCount: Int, ends: MemoryBlock, type: ColumnType?,
        types: MemoryBlock?, numbers: PackedNumbers
    ) {
        self.rowCount = rowCount
        self.presentCount = presentCount
        self.valueCount = valueCount
        self.ends = ends
        self.type = type
        self.types = types
        self.numbers = numbers
    }

    /// Packs the values of rows that end at `ends`; `nil` where there is none.
    convenience init?(ends: [UInt32], types: [ColumnType], bits: [UInt64]) {
        guard let first = types.first else { return nil }
        let uniform = types.allSatisfy { $0 == first } ? first : nil
        let capacity = wordCount(forBits: bits.count) * 64
        let numbers = bits.withUnsafeBytes { bytes in
            let count = bytes.count / 8
            return uniform == .float
                ? PackedNumbers.doubles(
                    bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Double.self), presence: nil,
                    count: count, capacity: capacity)
                : PackedNumbers.integers(
                    bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Int64.self), presence: nil,
                    count: count, capacity: capacity, triesSteps: uniform == .dateTime)
        }
        var present = 0
        for row in ends.indices where ends[row] > (row == 0 ? 0 : ends[row - 1]) { present += 1 }
        self.init(
            rowCount: ends.count, presentCount: present, valueCount: bits.count,
            ends: ends.withUnsafeBytes { .copy(of: $0, byteCount: $0.count) }, type: uniform,
            types: uniform != nil
                ? nil : types.map(\.rawValue).withUnsafeBytes { .copy(of: $0, byteCount: $0.count) },
            numbers: numbers)
    }

    var byteCount: Int { ends.byteCount + (types?.byteCount ?? 0) + numbers.byteCount + 192 }

    @inline(__always)
    private func end(_ row: Int) -> Int { Int(ends.base.load(fromByteOffset: row &* 4, as: UInt32.self)) }

    /// The places of the values of a row.
    @inline(__always)
    func places(of row: Int) -> Range<Int> {
        guard row < rowCount else { return 0..<0 }
        return (row == 0 ? 0 : end(row - 1))..<end(row)
    }

    @inline(__always)
    func type(at place: Int) -> ColumnType {
        type ?? ColumnType(rawValue: types?.base.load(fromByteOffset: place, as: UInt8.self) ?? 0) ?? .boolean
    }

    func key(at place: Int) -> MultiValueKey {
        MultiValueKey(type: type(at: place), bits: numbers.bits(at: place))
    }

    /// Sets the bits of the rows of which any value satisfies the test of its type. The words are 0 before.
    func select(_ tests: [ColumnTest], into out: BitBuffer) {
        if let type {
            switch tests[Int(type.rawValue)] {
            case .nothing: return
            case .present: setRows(into: out) { _ in true }
            case .anyOf(let tests): select(anyOf: tests, into: out)
            case let test:
                let isFloat = type == .float
                setRows(into: out) { test.accepts(numbers.bits(at: $0), isFloat: isFloat) }
            }
        } else {
            setRows(into: out) { place in
                let type = type(at: place)
                return tests[Int(type.rawValue)].accepts(numbers.bits(at: place), isFloat: type == .float)
            }
        }
    }

    // MARK: - Private

    private func setRows(into out: BitBuffer, _ accepts: (Int) -> Bool) {
        var start = 0
        for row in 0..<rowCount {
            let end = end(row)
            for place in start..<end where accepts(place) {
                out[row >> 6] |= 1 << UInt64(row & 63)
                break
            }
            start = end
        }
    }

    private func select(anyOf tests: [NumberTest], into out: BitBuffer) {
        let words = wordCount(forBits: valueCount)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            for test in tests {
                switch numbers.match(test, words: words, into: scratch) {
                case .none: continue
                case .all: return setRows(into: out) { _ in true }
                case .bits: break
                }
                scratch.clearTail(after: valueCount)
                var row = 0
                UnsafePointer(scratch).forEachBit(words: words) { place in
                    while end(row) <= place { row += 1 }
                    out[row >> 6] |= 1 << UInt64(row & 63)
                }
            }
        }
    }
}
