import CColumns

/// Counters by index, as narrow as their greatest count allows.
final class Counters {
    /// The greatest counters, and how many are not 0.
    struct Top {
        var entries: [(index: Int, count: Int)]
        var distinct: Int
    }

    let count: Int
    /// Bytes a counter: 1, 2 or 4.
    let width: Int
    let base: UnsafeMutableRawPointer

    init(count: Int, width: Int) {
        self.count = count
        self.width = width
        base = .allocate(byteCount: max(count * width, 1), alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: count * width)
    }

    deinit { base.deallocate() }

    /// The counters, which must be 4 bytes wide.
    var words: UnsafeMutablePointer<UInt32> { base.assumingMemoryBound(to: UInt32.self) }

    subscript(index: Int) -> Int {
        switch width {
        case 1: Int(base.load(fromByteOffset: index, as: UInt8.self))
        case 2: Int(base.load(fromByteOffset: index * 2, as: UInt16.self))
        default: Int(base.load(fromByteOffset: index * 4, as: UInt32.self))
        }
    }

    func add(_ index: Int) {
        switch width {
        case 1: base.assumingMemoryBound(to: UInt8.self)[index] += 1
        case 2: base.assumingMemoryBound(to: UInt16.self)[index] += 1
        default: base.assumingMemoryBound(to: UInt32.self)[index] += 1
        }
    }

    /// The `limit` greatest of the first `count` counters that are not 0: greater ones first, then lower
    /// indexes.
    func top(_ limit: Int, of count: Int? = nil) -> Top {
        let limit = min(limit, count ?? self.count)
        var distinct = 0
        var tops: [UInt32] = []
        let indexes = [UInt32](unsafeUninitializedCapacity: max(limit, 1)) { indexes, indexCount in
            tops = [UInt32](unsafeUninitializedCapacity: max(limit, 1)) { tops, topCount in
                topCount = fovea_columns_top(
                    base, Int32(width), count ?? self.count, limit, indexes.baseAddress, tops.baseAddress,
                    &distinct)
                indexCount = topCount
            }
        }
        return Top(entries: zip(indexes, tops).map { (Int($0), Int($1)) }, distinct: distinct)
    }
}

/// The integers that a column's numbers are or, for decimals, are made of: a range narrow enough to count
/// directly.
struct CountingDomain {
    let least: Int64
    /// How many integers the range has.
    let span: Int
    private let exponent: Int
    private let isDecimal: Bool

    /// `nil` where the numbers are no integers of one scale, or their range is wide.
    init?(of column: Column) {
        var least = Int64.max
        var greatest = Int64.min
        var exponent: Int?
        var serves = true
        var isDecimal = false
        column.chunks.forEach { _, chunk in
            let numbers = chunk.numbers
            isDecimal = numbers.form == .decimals
            guard numbers.step == 1, numbers.form == .integers || isDecimal,
                exponent ?? numbers.exponent == numbers.exponent
            else {
                serves = false
                return
            }
            exponent = numbers.exponent
            least = min(least, numbers.base)
            greatest = max(greatest, numbers.maximum)
        }
        guard serves, least <= greatest else { return nil }
        let (distance, overflow) = greatest.subtractingReportingOverflow(least)
        guard !overflow, distance < 1 << 24 else { return nil }
        self.least = least
        span = Int(distance) + 1
        self.exponent = exponent ?? 0
        self.isDecimal = isDecimal
    }

    /// The bits of the column's number for an integer of the range.
    func bits(_ integer: Int64) -> UInt64 {
        isDecimal
            ? (Double(integer) / PackedNumbers.powersOfTen[exponent]).bitPattern : UInt64(bitPattern: integer)
    }
}
