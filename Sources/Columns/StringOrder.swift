import Base

/// Strings as numbers that sort as they do, as far as they tell strings apart.
struct StringOrder {
    private let dictionary: StringDictionary
    /// The place of each string in order; without it eight bytes after what all share count, and then all.
    private let ranks: [UInt32]?
    /// How many bytes all strings begin with.
    private let prefixLength: Int

    /// Ranking all strings pays where there are few of them, or many rows to sort.
    private static let rankedCount = 65_536

    /// `nil` for a column that does not hold strings.
    init?(of column: Column, for rowCount: Int) {
        guard column.type == .string else { return nil }
        dictionary = column.dictionary
        var prefixLength = 0
        if let known = column.cache.current.stringRanks, known.count == dictionary.count {
            ranks = known
        } else if dictionary.count <= min(rowCount, StringOrder.rankedCount) {
            let made = dictionary.ranks()
            column.cache.keep(stringRanks: made)
            ranks = made
        } else {
            ranks = nil
            prefixLength = column.cache.commonPrefix(of: dictionary)
        }
        self.prefixLength = prefixLength
    }

    @inline(__always)
    func key(_ code: Int) -> UInt64 {
        if let ranks { return UInt64(ranks[code]) }
        return dictionary.withBytes(code) {
            UnsafeRawBufferPointer(rebasing: $0[prefixLength...]).leadingNumber
        }
    }

    /// Whether strings with the same key may differ.
    var hasTies: Bool { ranks == nil }
}

extension ColumnCache {
    /// How many bytes all strings of the dictionary begin with. Only strings that are new since the last time
    /// are looked at.
    fileprivate func commonPrefix(of dictionary: StringDictionary) -> Int {
        var known = current.commonPrefix ?? (length: .max, count: 0)
        guard known.count < dictionary.count else { return known.length }
        dictionary.withBytes(0) { first in
            known.length = min(known.length, first.count)
            for code in known.count..<dictionary.count where known.length > 0 {
                dictionary.withBytes(code) { bytes in
                    var length = min(known.length, bytes.count)
                    if !UnsafeRawBufferPointer(rebasing: bytes[..<length]).isEqual(
                        to: UnsafeRawBufferPointer(rebasing: first[..<length]))
                    {
                        length = zip(bytes, first).prefix { $0 == $1 }.count
                    }
                    known.length = length
                }
            }
        }
        known.count = dictionary.count
        keep(commonPrefix: known)
        return known.length
    }
}

extension StringDictionary {
    /// The place of each string among all of them.
    fileprivate func ranks() -> [UInt32] {
        var order = [(key: UInt64, code: Int)]()
        order.reserveCapacity(count)
        forEach { code, bytes in order.append((bytes.leadingNumber, code)) }
        order.sort { $0.key != $1.key ? $0.key < $1.key : compare($0.code, $1.code) < 0 }
        var ranks = [UInt32](repeating: 0, count: count)
        for (rank, entry) in order.enumerated() { ranks[entry.code] = UInt32(rank) }
        return ranks
    }
}
