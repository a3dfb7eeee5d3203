import Base
import CColumns

/// The numbers of rows as unsigned integers that sort as the numbers do, with their rows.
final class SortKeys {
    let keys: UnsafeMutablePointer<UInt64>
    let rows: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    private let capacity: Int

    /// The keys of the rows of `ids` (`nil`: all) that have a value, in order of rows.
    init(of column: Column, over ids: IdSet?) {
        capacity = max(min(ids?.count ?? column.count, column.count), 1)
        keys = .allocate(capacity: capacity)
        rows = .allocate(capacity: capacity)
        let isFloat = column.type == .float
        var count = 0
        column.forEachChunk(over: ids) { firstRow, chunk, bits in
            let numbers = chunk.numbers
            bits.forEachBit(words: chunk.words) { place in
                keys[count] = SortKeys.key(numbers.bits(at: place), isFloat: isFloat)
                rows[count] = UInt32(truncatingIfNeeded: firstRow &+ place)
                count &+= 1
            }
        }
        self.count = count
    }

    deinit {
        keys.deallocate()
        rows.deallocate()
    }

    /// Sorts by key; rows of one key stay in order. A descending order leaves the keys inverted.
    func sort(ascending: Bool = true) {
        if !ascending { for place in 0..<count { keys[place] = ~keys[place] } }
        let keyScratch = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        let rowScratch = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        fovea_columns_sort(keys, rows, keyScratch, rowScratch, count)
        keyScratch.deallocate()
        rowScratch.deallocate()
    }

    /// The key of a number. Zeros share one, and so do NaNs, whose key is the least.
    @inline(__always)
    static func key(_ bits: UInt64, isFloat: Bool) -> UInt64 {
        guard isFloat else { return bits ^ (1 << 63) }
        let number = Double(bitPattern: bits)
        if number.isNaN { return 0 }
        if number == 0 { return 1 << 63 }
        return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    }

    /// The number of a key, as bits.
    static func bits(_ key: UInt64, isFloat: Bool) -> UInt64 {
        guard isFloat else { return key ^ (1 << 63) }
        if key == 0 { return Double.nan.bitPattern }
        return key >> 63 == 1 ? key & ~(1 << 63) : ~key
    }
}
