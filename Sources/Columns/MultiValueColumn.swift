public import Base
import CColumns

/// The values of one path of one class, in memory, by row: any number of values a row, in order and of any
/// types, as the elements of arrays and the members of JSON objects yield them.
///
/// A predicate holds for a row if it holds for any of the row's values. Versions are immutable and share
/// chunks of 1,024 rows.
public final class MultiValueColumn: Sendable {
    /// One more than the last row that ever had a value.
    public let rowCount: Int
    /// How many rows have a value.
    public let count: Int
    /// How many values there are.
    public let valueCount: Int
    let chunks: ChunkList<MultiValueChunk>
    let dictionary: StringDictionary

    init(
        rowCount: Int, count: Int, valueCount: Int, chunks: ChunkList<MultiValueChunk>,
        dictionary: StringDictionary
    ) {
        self.rowCount = rowCount
        self.count = count
        self.valueCount = valueCount
        self.chunks = chunks
        self.dictionary = dictionary
    }

    /// A column without values.
    public convenience init() {
        self.init(rowCount: 0, count: 0, valueCount: 0, chunks: ChunkList(), dictionary: StringDictionary())
    }

    /// The values of `row` in order; none where it has none.
    public func values(at row: LocalID) -> [ColumnValue] {
        guard let chunk = chunks[Int(row) / MultiValueChunk.width] else { return [] }
        return chunk.places(of: Int(row) % MultiValueChunk.width).map { place in
            value(bits: chunk.numbers.bits(at: place), type: chunk.type(at: place))
        }
    }

    /// The rows that have a value.
    public var present: IdSet { select(.present) }

    /// Bytes held, those shared with other versions included.
    public var byteCount: Int {
        var sum = chunks.byteCount + dictionary.byteCount + 96
        chunks.forEach { sum += $1.byteCount }
        return sum
    }

    /// The rows of which any value satisfies `predicate`. The values of a row are asked one by one: a range
    /// with two ends holds only if one value lies within both.
    public func select(_ predicate: ColumnPredicate) -> IdSet {
        let tests = ColumnType.allCases.map { ColumnTest(predicate, type: $0, dictionary: dictionary) }
        var words = [UInt64](repeating: 0, count: wordCount(forBits: rowCount))
        words.withUnsafeMutableBufferPointer { words in
            guard let out = words.baseAddress else { return }
            chunks.forEach { index, chunk in
                chunk.select(tests, into: out + index * MultiValueChunk.width / 64)
            }
        }
        return IdSet(words: words)
    }

    /// How often each value occurs in the rows of `ids` (`nil`: all rows below ``rowCount``): each different
    /// value of a row counts once. Lists at most `limit` values.
    public func facet(over ids: IdSet?, limit: Int) -> FacetResult {
        var counts: [MultiValueKey: Int] = [:]
        var missing = ids?.count ?? rowCount
        var seen: Set<MultiValueKey> = []
        func add(_ row: LocalID) {
            guard let chunk = chunks[Int(row) / MultiValueChunk.width] else { return }
            let places = chunk.places(of: Int(row) % MultiValueChunk.width)
            if !places.isEmpty { missing -= 1 }
            if places.count == 1 {
                counts[chunk.key(at: places.lowerBound), default: 0] += 1
                return
            }
            seen.removeAll(keepingCapacity: true)
            for place in places {
                let key = chunk.key(at: place)
                if seen.insert(key).inserted { counts[key, default: 0] += 1 }
            }
        }
        if let ids { ids.forEach(add) } else { for row in 0..<LocalID(rowCount) { add(row) } }
        var entries = counts.map { FacetResult.Entry(value: value(bits: $0.bits, type: $0.type), count: $1) }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
        return FacetResult(
            values: Array(entries.prefix(max(limit, 0))), distinct: counts.count, missing: missing)
    }

    private func value(bits: UInt64, type: ColumnType) -> ColumnValue {
        switch type {
        case .boolean: .boolean(bits != 0)
        case .integer: .integer(Int64(bitPattern: bits))
        case .float: .float(Double(bitPattern: bits))
        case .string: .string(dictionary.string(Int(bits)))
        case .dateTime: .dateTime(Int64(bitPattern: bits))
        }
    }
}

/// A value as a type and a number: equal values have equal keys. A float that is an integer counts as one.
struct MultiValueKey: Hashable {
    var type: ColumnType
    var bits: UInt64

    init(type: ColumnType, bits: UInt64) {
        if type == .float {
            let number = Double(bitPattern: bits)
            if let whole = Int64(exactly: number) {
                self.type = .integer
                self.bits = UInt64(bitPattern: whole)
            } else {
                self.type = .float
                self.bits = ColumnTest.canonical(number)
            }
        } else {
            self.type = type
            self.bits = bits
        }
    }
}
