import Base

/// The rows a search may find: those of a filter, as far as they are published and were written.
struct Matches {
    /// A piece of the matches: `count` rows at `rows`, or from `first` on where `rows` is `nil`.
    struct Block {
        var rows: UnsafePointer<LocalID>?
        var first: LocalID
        var count: Int

        /// The last row.
        var last: LocalID { rows.map { $0[count - 1] } ?? first + LocalID(count - 1) }
    }

    /// Strictly increasing; `nil` where all rows below ``count`` match.
    let filter: IdSet?
    /// How many rows match.
    let count: Int

    init(_ within: IdSet?, in snapshot: VectorSet.Snapshot) {
        let all = LocalID(snapshot.rowCount)
        guard within != nil || !snapshot.absent.isEmpty else {
            filter = nil
            count = snapshot.rowCount
            return
        }
        var rows = within ?? IdSet(0..<all)
        if let last = rows.last, last >= all { rows = rows.intersection(IdSet(0..<all)) }
        if !snapshot.absent.isEmpty { rows = rows.subtracting(snapshot.absent) }
        filter = rows.count == snapshot.rowCount ? nil : rows
        count = rows.count
    }

    func contains(_ row: LocalID) -> Bool { filter?.contains(row) ?? (Int(row) < count) }

    /// Whether any match lies at row `from` or after it.
    func reach(_ from: Int) -> Bool {
        guard let filter else { return count > from }
        return filter.last.map { Int($0) >= from } ?? false
    }

    /// Calls `body` with the matches from row `from` on in order, at most `length` at a time, no block
    /// reaching across row `split`.
    func forEachBlock(of length: Int, from: Int, split: Int, _ body: (Block) throws -> Void) rethrows {
        guard let filter else {
            var first = from
            while first < count {
                let end = min(first + length, first < split ? min(split, count) : count)
                try body(Block(rows: nil, first: LocalID(first), count: end - first))
                first = end
            }
            return
        }
        guard let last = filter.last, Int(last) >= from else { return }
        let start = from == 0 ? 0 : filter.rank(of: LocalID(from))
        let middle = split > Int(last) ? filter.count : filter.rank(of: LocalID(split))
        try filter.ids.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { return }
            var first = start
            while first < ids.count {
                let end = min(first + length, first < middle ? middle : ids.count)
                try body(Block(rows: base + first, first: 0, count: end - first))
                first = end
            }
        }
    }
}
