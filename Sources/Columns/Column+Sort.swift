public import Base

/// One key of an order: a column, and its direction.
public struct ColumnSortKey: Sendable {
    public var column: Column
    public var ascending: Bool

    public init(_ column: Column, ascending: Bool = true) {
        self.column = column
        self.ascending = ascending
    }
}

extension Column {
    /// The first `limit` rows of `ids` (`nil`: all of them) in the order of their values, equal ones by row.
    ///
    /// A row without a value sorts as null: before all values ascending, after them descending. Where `limit` is
    /// small nothing is sorted but the rows that come into question, and chunks of integers, date-times and decimals
    /// that cannot hold one are not read.
    public func sorted(ids: IdSet, ascending: Bool = true, limit: Int? = nil) -> [LocalID] {
        let limit = min(limit ?? ids.count, ids.count)
        guard limit > 0 else { return [] }
        if !ascending {
            let first = sortedValues(ids: ids, ascending: false, limit: limit)
            return first + ids.subtracting(present).page(skip: 0, count: limit - first.count)
        }
        let first = ids.subtracting(present).page(skip: 0, count: limit)
        return first.count == limit ? first : first + sortedValues(ids: ids, ascending: true, limit: limit - first.count)
    }

    /// The first `limit` rows of `ids` (`nil`: all of them) in the order of the first key, equal ones in that of the
    /// second, and so on; at last by row. No keys at all is the order of rows.
    public static func sorted(ids: IdSet, by keys: [ColumnSortKey], limit: Int? = nil) -> [LocalID] {
        let limit = min(limit ?? ids.count, ids.count)
        guard let first = keys.first, limit > 0 else { return ids.page(skip: 0, count: limit) }
        guard keys.count > 1 else { return first.column.sorted(ids: ids, ascending: first.ascending, limit: limit) }
        // Whatever is in the first rows by all keys is not after the last of the first rows by the first key.
        var candidates = first.column.sorted(ids: ids, ascending: first.ascending, limit: limit)
        if limit < ids.count, let last = candidates.last {
            candidates = first.column.upTo(last, ids: ids, ascending: first.ascending).ids
        }
        candidates.sort { left, right in
            for key in keys {
                let order = key.column.compare(left, right)
                if order != 0 { return key.ascending ? order < 0 : order > 0 }
            }
            return left < right
        }
        return Array(candidates.prefix(limit))
    }

    /// Negative, 0 or positive as the value of `row` sorts before, with or after that of `other`; no value sorts
    /// before every value.
    public func compare(_ row: LocalID, _ other: LocalID) -> Int {
        guard let left = bits(at: row) else { return bits(at: other) == nil ? 0 : -1 }
        guard let right = bits(at: other) else { return 1 }
        if type == .string { return dictionary.compare(Int(left), Int(right)) }
        let isFloat = type == .float
        let key = SortKeys.key(left, isFloat: isFloat)
        let otherKey = SortKeys.key(right, isFloat: isFloat)
        return key < otherKey ? -1 : key == otherKey ? 0 : 1
    }

    // MARK: - Private

    /// The rows of `ids` that do not sort after `row`.
    private func upTo(_ row: LocalID, ids: IdSet, ascending: Bool) -> IdSet {
        let absent = ids.subtracting(present)
        guard let value = value(at: row) else { return ascending ? absent : ids }
        var rows: IdSet
        if case .float(let number) = value, number.isNaN {
            rows = ascending ? select(.equal(value)) : present
        } else {
            rows = select(ascending ? .atMost(value) : .atLeast(value))
            if ascending, type == .float { rows = rows.union(select(.equal(.float(.nan)))) }
        }
        rows = rows.intersection(ids)
        return ascending ? rows.union(absent) : rows
    }

    private func sortedValues(ids: IdSet, ascending: Bool, limit: Int) -> [LocalID] {
        let order = StringOrder(of: self, for: ids.count)
        var selection = TopRows(
            limit: limit, total: ids.count, ascending: ascending,
            compareTies: order?.hasTies == true ? { self.compare($0, $1) } : nil)
        let isFloat = type == .float
        // The chunks that may hold the first rows come first, so that most others need not be read.
        var bounds: [UInt64?] = []
        if limit < ids.count, type != .string {
            bounds = Array(repeating: nil, count: chunks.count)
            chunks.forEach { index, chunk in
                bounds[index] = chunk.numbers.bound(isLess: ascending, isFloat: isFloat)
            }
        }
        func add(_ firstRow: Int, _ chunk: ColumnChunk, _ bits: UnsafePointer<UInt64>) {
            let numbers = chunk.numbers
            bits.forEachBit(words: chunk.words) { place in
                let number = numbers.bits(at: place)
                let key = order.map { $0.key(Int(number)) } ?? SortKeys.key(number, isFloat: isFloat)
                selection.add(key, LocalID(truncatingIfNeeded: firstRow &+ place))
            }
        }
        if bounds.contains(where: { $0 != nil }) {
            let indexes = bounds.indices.sorted { left, right in
                guard let first = bounds[left], let second = bounds[right] else {
                    return bounds[left] == nil && bounds[right] != nil
                }
                return first != second ? (first < second) == ascending : left < right
            }
            forEachChunk(over: ids, in: indexes) { index in
                bounds[index].map { selection.mayAdd($0) } ?? true
            } body: { add($0, $1, $2) }
        } else {
            forEachChunk(over: ids) { add($0, $1, $2) }
        }
        return selection.finish()
    }

    /// Calls `body` as ``forEachChunk(over:_:)`` does, for the chunks of `indexes` that `isWanted` accepts when their
    /// turn comes.
    private func forEachChunk(
        over ids: IdSet, in indexes: [Int], isWanted: (Int) -> Bool,
        body: (Int, ColumnChunk, UnsafePointer<UInt64>) -> Void
    ) {
        let words = ids.words
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ColumnChunk.wordWidth) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            for index in indexes where isWanted(index) {
                let first = index * ColumnChunk.wordWidth
                guard let chunk = chunks[index], first < words.count else { continue }
                let available = min(chunk.words, words.count - first)
                for word in 0..<available { scratch[word] = words[first + word] }
                for word in available..<chunk.words { scratch[word] = 0 }
                if chunk.mask(scratch) > 0 { body(index * ColumnChunk.width, chunk, UnsafePointer(scratch)) }
            }
        }
    }
}
