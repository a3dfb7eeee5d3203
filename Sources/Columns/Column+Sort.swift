public import Base
import CColumns

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
    /// A row without a value sorts as null: before all values ascending, after them descending. Where `limit`
    /// is small nothing is sorted but the rows that come into question, and chunks of integers, date-times
    /// and decimals that cannot hold one are not read.
    public func sorted(ids: IdSet, ascending: Bool = true, limit: Int? = nil) -> [LocalID] {
        let limit = min(limit ?? ids.count, ids.count)
        guard limit > 0 else { return [] }
        if !ascending {
            let first = sortedValues(ids: ids, ascending: false, limit: limit)
            return first + ids.subtracting(present).page(skip: 0, count: limit - first.count)
        }
        let first = ids.subtracting(present).page(skip: 0, count: limit)
        return first.count == limit
            ? first : first + sortedValues(ids: ids, ascending: true, limit: limit - first.count)
    }

    /// The first `limit` rows of `ids` (`nil`: all of them) in the order of the first key, equal ones in that
    /// of the second, and so on; at last by row. No keys at all is the order of rows.
    public static func sorted(ids: IdSet, by keys: [ColumnSortKey], limit: Int? = nil) -> [LocalID] {
        let limit = min(limit ?? ids.count, ids.count)
        guard let first = keys.first, limit > 0 else { return ids.page(skip: 0, count: limit) }
        guard keys.count > 1 else {
            return first.column.sorted(ids: ids, ascending: first.ascending, limit: limit)
        }
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

    /// Negative, 0 or positive as the value of `row` sorts before, with or after that of `other`; no value
    /// sorts before every value.
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
        if order == nil, limit > ids.count / 8 {
            let keys = SortKeys(of: self, over: ids)
            keys.sort(ascending: ascending)
            return Array(UnsafeBufferPointer(start: keys.rows, count: min(limit, keys.count)))
        }
        var selection = TopRows(
            limit: limit, total: ids.count, ascending: ascending,
            compareTies: order?.hasTies == true ? { self.compare($0, $1) } : nil)
        if let order {
            forEachChunk(over: ids) { firstRow, chunk, bits in
                bits.forEachBit(words: chunk.words) { place in
                    let key = order.key(Int(chunk.numbers.integer(at: place)))
                    selection.add(key, LocalID(truncatingIfNeeded: firstRow &+ place))
                }
            }
        } else {
            addNumbers(of: ids, ascending: ascending, to: &selection)
        }
        return selection.finish()
    }

    /// Offers the rows of `ids` chunk by chunk: first the chunks that may hold the first rows, and of later
    /// ones only the rows that a vector comparison with the last row so far lets through.
    private func addNumbers(of ids: IdSet, ascending: Bool, to selection: inout TopRows) {
        let isFloat = type == .float
        let words = ids.words
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * ColumnChunk.wordWidth) { scratch in
            guard let bits = scratch.baseAddress else { return }
            let others = bits + ColumnChunk.wordWidth
            for (index, bound) in chunkOrder(ascending: ascending) {
                let first = index * ColumnChunk.wordWidth
                guard let chunk = chunks[index], first < words.count,
                    bound.map({ selection.mayAdd($0) }) ?? true
                else { continue }
                let available = min(chunk.words, words.count - first)
                for word in 0..<available { bits[word] = words[first + word] }
                for word in available..<chunk.words { bits[word] = 0 }
                if let last = selection.lastKey {
                    chunk.keep(upTo: last, ascending: ascending, isFloat: isFloat, in: bits, scratch: others)
                }
                guard chunk.mask(bits) > 0 else { continue }
                UnsafePointer(bits).forEachBit(words: chunk.words) { place in
                    let key = SortKeys.key(chunk.numbers.bits(at: place), isFloat: isFloat)
                    selection.add(key, LocalID(truncatingIfNeeded: index &* ColumnChunk.width &+ place))
                }
            }
        }
    }

    /// The chunks in the order of what their first row can be, those that do not know first.
    private func chunkOrder(ascending: Bool) -> [(index: Int, bound: UInt64?)] {
        var order: [(index: Int, bound: UInt64?)] = []
        let isFloat = type == .float
        chunks.forEach { index, chunk in
            order.append((index, chunk.numbers.bound(isLess: ascending, isFloat: isFloat)))
        }
        order.sort { left, right in
            guard let first = left.bound, let second = right.bound else {
                return left.bound == nil && right.bound != nil
                    || (left.bound == nil) == (right.bound == nil) && left.index < right.index
            }
            return first != second ? (first < second) == ascending : left.index < right.index
        }
        return order
    }
}

extension ColumnChunk {
    /// Takes the rows out of `bits` whose number sorts after the one with this key.
    fileprivate func keep(
        upTo key: UInt64, ascending: Bool, isFloat: Bool, in bits: BitBuffer, scratch: BitBuffer
    ) {
        let number = SortKeys.bits(key, isFloat: isFloat)
        let test: NumberTest
        if !isFloat {
            let integer = Int64(bitPattern: number)
            test = ascending ? .integers(.min, integer) : .integers(integer, .max)
        } else if key == 0 {
            // NaN is the least of all: nothing sorts after it if descending.
            guard ascending else { return }
            test = .notANumber
        } else {
            let double = Double(bitPattern: number)
            test = ascending ? .doubles(-.infinity, double) : .doubles(double, .infinity)
        }
        switch numbers.match(test, words: words, into: scratch) {
        case .none: scratch.update(repeating: 0, count: words)
        case .all: return
        case .bits: break
        }
        if ascending, isFloat, key != 0 { addNotANumbers(to: scratch) }
        _ = fovea_columns_mask(bits, scratch, words)
    }

    private func addNotANumbers(to bits: BitBuffer) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ColumnChunk.wordWidth) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            switch numbers.match(.notANumber, words: words, into: scratch) {
            case .none: return
            case .all: bits.setBits(rowCount)
            case .bits: fovea_columns_or(bits, scratch, words)
            }
        }
    }
}
