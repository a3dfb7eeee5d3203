import Base

/// Collects the first rows in order of their keys from rows that come in any order.
struct TopRows {
    private let limit: Int
    private let ascending: Bool
    /// Compares the values of two rows whose keys agree; `nil` where they are equal.
    private let compareTies: ((LocalID, LocalID) -> Int)?
    private var rows: [(key: UInt64, row: LocalID)] = []
    /// Rows are cut back to `limit` when they reach this many.
    private let capacity: Int
    /// The last of the first `limit` rows, once there are so many.
    private var last: (key: UInt64, row: LocalID)?

    init(limit: Int, total: Int, ascending: Bool, compareTies: ((LocalID, LocalID) -> Int)?) {
        self.limit = limit
        self.ascending = ascending
        self.compareTies = compareTies
        capacity = limit >= total ? .max : limit * 2 + 1_024
        rows.reserveCapacity(min(capacity, total))
    }

    /// Whether a row with this key, or a later one, can still be among the first.
    func mayAdd(_ key: UInt64) -> Bool {
        guard let last else { return true }
        return (ascending ? key : ~key) <= last.key
    }

    /// The key of the last of the first rows so far, once there are so many.
    var lastKey: UInt64? { last.map { ascending ? $0.key : ~$0.key } }

    @inline(__always)
    mutating func add(_ key: UInt64, _ row: LocalID) {
        // Keys are turned round for a descending order, so that the least is always first.
        let key = ascending ? key : ~key
        if let last, key > last.key || (key == last.key && compareTies == nil && row > last.row) { return }
        rows.append((key, row))
        if rows.count == capacity { cut() }
    }

    mutating func finish() -> [LocalID] {
        sort()
        return rows.prefix(limit).map(\.row)
    }

    // MARK: - Private

    private mutating func cut() {
        sort()
        rows.removeLast(rows.count - limit)
        last = rows.last
    }

    private mutating func sort() {
        guard let compareTies else {
            rows.sort { $0.key != $1.key ? $0.key < $1.key : $0.row < $1.row }
            return
        }
        let ascending = ascending
        rows.sort { left, right in
            if left.key != right.key { return left.key < right.key }
            let order = compareTies(left.row, right.row)
            if order != 0 { return ascending ? order < 0 : order > 0 }
            return left.row < right.row
        }
    }
}
