public import Base

/// Builds a ``MultiValueColumn`` from rows in rising order. Used by one thread; ``finish()`` ends it.
public final class MultiValueColumnBuilder {
    private var chunks = ChunkList<MultiValueChunk>()
    private var dictionary = DictionaryBuilder()
    private var chunkIndex = 0
    private var nextRow = 0
    private var count = 0
    private var valueCount = 0
    private var ends: [UInt32] = []
    private var types: [ColumnType] = []
    private var bits: [UInt64] = []

    public init() {}

    /// Gives `row`, greater than any before, its values in order. No values at all leave the row without.
    ///
    /// - Throws: `limitExceeded` for a string of 16 MiB or more.
    public func append(_ row: LocalID, _ values: [ColumnValue]) throws(ColumnsError) {
        let row = Int(row)
        precondition(row >= nextRow, "row \(row) after row \(nextRow - 1)")
        if values.isEmpty { return }
        if row / MultiValueChunk.width != chunkIndex {
            seal()
            chunkIndex = row / MultiValueChunk.width
        }
        while ends.count < row % MultiValueChunk.width { ends.append(UInt32(bits.count)) }
        for value in values {
            bits.append(try dictionary.bits(of: value))
            types.append(value.type)
        }
        ends.append(UInt32(bits.count))
        nextRow = row + 1
        count += 1
        valueCount += values.count
    }

    /// The column of all rows so far. The builder must not be used after.
    public func finish() -> MultiValueColumn {
        seal()
        return MultiValueColumn(
            rowCount: nextRow, count: count, valueCount: valueCount, chunks: chunks,
            dictionary: dictionary.finish())
    }

    private func seal() {
        if let chunk = MultiValueChunk(ends: ends, types: types, bits: bits) { chunks[chunkIndex] = chunk }
        ends.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
        bits.removeAll(keepingCapacity: true)
    }
}

extension DictionaryBuilder {
    /// The number that stands for a value: its bits, or the code of a string.
    mutating func bits(of value: ColumnValue) throws(ColumnsError) -> UInt64 {
        switch value {
        case .boolean(let flag): flag ? 1 : 0
        case .integer(let number), .dateTime(let number): UInt64(bitPattern: number)
        case .float(let number): number.bitPattern
        case .string(let text): UInt64(try code(of: text))
        }
    }
}

extension MultiValueColumn {
    /// The next version: this one with the values of the given rows replaced; no values leave a row without.
    ///
    /// Changes may come in any order; the last one of a row counts. Costs a copy of each chunk of 1,024 rows
    /// that a change falls into.
    ///
    /// - Throws: `limitExceeded` for a string of 16 MiB or more.
    public func applying(
        _ changes: [(row: LocalID, values: [ColumnValue])]
    ) throws(ColumnsError) -> MultiValueColumn {
        var builder = DictionaryBuilder(dictionary)
        var rows: [Int: (types: [ColumnType], bits: [UInt64])] = [:]
        for change in changes {
            var bits: [UInt64] = []
            for value in change.values { bits.append(try builder.bits(of: value)) }
            rows[Int(change.row)] = (change.values.map(\.type), bits)
        }
        var chunks = chunks
        var count = count
        var valueCount = valueCount
        for (index, changed) in Dictionary(grouping: rows.keys, by: { $0 / MultiValueChunk.width }) {
            let old = chunks[index]
            var ends: [UInt32] = []
            var types: [ColumnType] = []
            var bits: [UInt64] = []
            let last = changed.filter { rows[$0]?.bits.isEmpty == false }.max().map {
                $0 % MultiValueChunk.width + 1
            }
            for row in 0..<max(old?.rowCount ?? 0, last ?? 0) {
                if let new = rows[index * MultiValueChunk.width + row] {
                    types += new.types
                    bits += new.bits
                } else if let old {
                    for place in old.places(of: row) {
                        types.append(old.type(at: place))
                        bits.append(old.numbers.bits(at: place))
                    }
                }
                ends.append(UInt32(bits.count))
            }
            let new = MultiValueChunk(ends: ends, types: types, bits: bits)
            count += (new?.presentCount ?? 0) - (old?.presentCount ?? 0)
            valueCount += (new?.valueCount ?? 0) - (old?.valueCount ?? 0)
            if old != nil || new != nil { chunks[index] = new }
        }
        let last = rows.filter { !$0.value.bits.isEmpty }.keys.max() ?? -1
        return MultiValueColumn(
            rowCount: max(rowCount, last + 1), count: count, valueCount: valueCount, chunks: chunks,
            dictionary: builder.finish())
    }
}
