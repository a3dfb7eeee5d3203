public import Base
import CColumns

extension Column {
    /// The next version: this one with the given rows changed, appended or, where the value is `nil`, without
    /// value.
    ///
    /// Changes may come in any order; the last one of a row counts. Costs a copy of each chunk of 4,096 rows
    /// that a change falls into: well under a microsecond for rows that follow the last one.
    ///
    /// - Throws: `typeMismatch` for a value of another type; `limitExceeded` for a string of 16 MiB or more.
    public func applying(_ changes: [(row: LocalID, value: ColumnValue?)]) throws(ColumnsError) -> Column {
        guard !changes.isEmpty else { return self }
        var builder = type == .string ? DictionaryBuilder(dictionary) : nil
        var numbers: [RowChange] = []
        numbers.reserveCapacity(changes.count)
        for change in changes {
            guard let value = change.value else {
                numbers.append(RowChange(row: Int(change.row), bits: 0, hasValue: false))
                continue
            }
            guard value.type == type else {
                throw ColumnsError(
                    .typeMismatch, "a value of type \(value.type) for a column of type \(type)")
            }
            let bits =
                switch value {
                case .boolean(let flag): UInt64(flag ? 1 : 0)
                case .integer(let number), .dateTime(let number): UInt64(bitPattern: number)
                case .float(let number): number.bitPattern
                case .string(let text): UInt64(try builder?.code(of: text) ?? 0)
                }
            numbers.append(RowChange(row: Int(change.row), bits: bits, hasValue: true))
        }
        return applying(RowChange.lastOfEachRow(numbers), dictionary: builder?.finish() ?? dictionary)
    }

    /// Whether ``applying(_:)`` will take these changes, after `count` others that it takes.
    public func takes(_ changes: [(row: LocalID, value: ColumnValue?)], besides count: Int) -> Bool {
        guard dictionary.count + count + changes.count <= StringDictionary.maximumCount else { return false }
        return changes.allSatisfy { change in
            guard let value = change.value else { return true }
            guard case .string(let text) = value else { return value.type == type }
            return type == .string && text.utf8.count <= StringDictionary.maximumByteCount
        }
    }

    // MARK: - Private

    private func applying(_ changes: [RowChange], dictionary: StringDictionary) -> Column {
        var chunks = chunks
        var count = count
        var rowCount = rowCount
        var place = 0
        while place < changes.count {
            let index = changes[place].row / ColumnChunk.width
            var end = place
            while end < changes.count, changes[end].row / ColumnChunk.width == index { end += 1 }
            let old = chunks[index]
            let new = (old ?? nil).applying(
                changes[place..<end], type: type, exponent: exponentHint(near: index))
            count += (new?.presentCount ?? 0) - (old?.presentCount ?? 0)
            if new != nil || old != nil { chunks[index] = new }
            place = end
        }
        if let last = changes.last(where: \.hasValue) { rowCount = max(rowCount, last.row + 1) }
        return Column(
            type: type, rowCount: rowCount, count: count, chunks: chunks, dictionary: dictionary,
            cache: cache.following(changes, rowCount: rowCount))
    }

    private func exponentHint(near index: Int) -> Int {
        type == .float ? (chunks[index] ?? (index > 0 ? chunks[index - 1] : nil))?.numbers.exponent ?? 0 : 0
    }
}

/// A change of one row, its value as a number.
struct RowChange: Sendable {
    var row: Int
    var bits: UInt64
    var hasValue: Bool

    /// The changes in order of rows, only the last one of each row.
    static func lastOfEachRow(_ changes: [RowChange]) -> [RowChange] {
        var isRising = true
        for index in changes.indices.dropFirst() where changes[index].row <= changes[index - 1].row {
            isRising = false
            break
        }
        if isRising { return changes }
        let order = changes.indices.sorted { (changes[$0].row, $0) < (changes[$1].row, $1) }
        var kept: [RowChange] = []
        kept.reserveCapacity(changes.count)
        for index in order {
            if kept.last?.row == changes[index].row { kept.removeLast() }
            kept.append(changes[index])
        }
        return kept
    }
}

extension ColumnChunk? {
    /// The chunk with the given changes of its rows; `nil` where no row has a value.
    fileprivate func applying(
        _ changes: ArraySlice<RowChange>, type: ColumnType, exponent: Int
    ) -> ColumnChunk? {
        let width = ColumnChunk.width
        let oldRows = self?.rowCount ?? 0
        let lastPlace = changes.last(where: \.hasValue).map { $0.row % width } ?? -1
        let rowCount = Swift.max(oldRows, lastPlace + 1)
        let words = wordCount(forBits: rowCount)
        let presence = presence(with: changes, rowCount: rowCount)
        let presentCount = presence.map { fovea_columns_count_both($0.words, nil, words) } ?? rowCount
        guard presentCount > 0 else { return nil }
        if let old = self,
            let numbers = old.numbers.replacing(
                changes.lazy.filter(\.hasValue).map { ($0.row % width, $0.bits) }, capacity: words * 64)
        {
            return ColumnChunk(
                rowCount: rowCount, presentCount: presentCount, presence: presence, numbers: numbers)
        }
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: width) { buffer in
            guard let bits = buffer.baseAddress else { return nil }
            bits.initialize(repeating: 0, count: rowCount)
            self?.numbers.unpack(count: oldRows, into: bits)
            for change in changes where change.hasValue { bits[change.row % width] = change.bits }
            return ColumnChunk(
                type: type, bits: bits, presence: presence, presentCount: presentCount, rowCount: rowCount,
                exponent: exponent)
        }
    }

    /// The bits of the rows that have a value after the changes; `nil` where all have.
    private func presence(with changes: ArraySlice<RowChange>, rowCount: Int) -> MemoryBlock? {
        let width = ColumnChunk.width
        let oldRows = self?.rowCount ?? 0
        // Rows that follow one another without a gap, as new entities do, leave a full chunk full.
        if self.map({ $0.presence == nil }) ?? true, changes.allSatisfy(\.hasValue) {
            let added = changes.count { $0.row % width >= oldRows }
            if added == rowCount - oldRows { return nil }
        }
        let presence = MemoryBlock.zeroed(byteCount: wordCount(forBits: rowCount) * 8)
        self?.writePresence(into: presence.words)
        for change in changes where change.row % width < rowCount {
            let place = change.row % width
            let bit: UInt64 = 1 << UInt64(place & 63)
            if change.hasValue {
                presence.words[place >> 6] |= bit
            } else {
                presence.words[place >> 6] &= ~bit
            }
        }
        return presence
    }
}
