import Base

/// Strings as numbers that sort as they do, as far as they tell strings apart.
struct StringOrder {
    private let dictionary: StringDictionary
    /// The place of each string in order; without it the first eight bytes count, and then all.
    private let ranks: [UInt32]?

    /// Ranking all strings pays where there are few of them, or many rows to sort.
    private static let rankedCount = 65_536

    /// `nil` for a column that does not hold strings.
    init?(of column: Column, for rowCount: Int) {
        guard column.type == .string else { return nil }
        dictionary = column.dictionary
        if let known = column.cache.current.stringRanks, known.count == dictionary.count {
            ranks = known
        } else if dictionary.count <= min(rowCount, StringOrder.rankedCount) {
            let made = dictionary.ranks()
            column.cache.keep(stringRanks: made)
            ranks = made
        } else {
            ranks = nil
        }
    }

    @inline(__always)
    func key(_ code: Int) -> UInt64 {
        if let ranks { return UInt64(ranks[code]) }
        return dictionary.withBytes(code) { $0.leadingNumber }
    }

    /// Whether strings with the same key may differ.
    var hasTies: Bool { ranks == nil }
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
