public import Base

/// The values of one property of one class, in memory, by row: at most one value a row, all of one type.
///
/// A row is an entity's ``LocalID``. A column is an immutable version; ``applying(_:)`` makes the next one,
/// which shares all chunks that no change touches. Any number of threads may read any version without
/// waiting. Memory per row is 0 to 8 bytes for numbers, by the range of each 4,096 rows (floats that are
/// short decimals take 1 to 4), and for strings that of their codes plus the dictionary: a string's bytes and
/// 10 to 15 more, once.
public final class Column: Sendable {
    public let type: ColumnType
    /// One more than the last row that ever had a value. Any row may be asked for; those beyond have none.
    public let rowCount: Int
    /// How many rows have a value.
    public let count: Int
    let chunks: ChunkList<ColumnChunk>
    /// Present in string columns.
    let dictionary: StringDictionary
    let cache: ColumnCache

    init(
        type: ColumnType, rowCount: Int, count: Int, chunks: ChunkList<ColumnChunk>,
        dictionary: StringDictionary,
        cache: ColumnCache = ColumnCache()
    ) {
        self.type = type
        self.rowCount = rowCount
        self.count = count
        self.chunks = chunks
        self.dictionary = dictionary
        self.cache = cache
    }

    /// A column without values.
    public convenience init(_ type: ColumnType) {
        self.init(type: type, rowCount: 0, count: 0, chunks: ChunkList(), dictionary: StringDictionary())
    }

    /// The value of `row`, or `nil` where it has none. A string is made anew at each call.
    public func value(at row: LocalID) -> ColumnValue? {
        guard let chunk = chunks[Int(row) / ColumnChunk.width] else { return nil }
        let place = Int(row) % ColumnChunk.width
        return chunk.hasValue(at: place) ? value(bits: chunk.numbers.bits(at: place)) : nil
    }

    /// The values of `rows`, in their order; `nil` where a row has none.
    public func values(at rows: [LocalID]) -> [ColumnValue?] { rows.map { value(at: $0) } }

    /// Calls `body` with the UTF-8 bytes of the string of `row`; returns `nil` where it has none, or none
    /// that is a string. Copies nothing: what writes strings out should use this.
    public func withUTF8<Result>(at row: LocalID, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard type == .string, let bits = bits(at: row) else { return nil }
        return dictionary.withBytes(Int(bits), body)
    }

    /// The rows that have a value.
    public var present: IdSet { select(.present) }

    /// Bytes held, those shared with other versions and those of derived structures included.
    public var byteCount: Int {
        var sum = chunks.byteCount + cache.byteCount + 128
        chunks.forEach { sum += $1.byteCount }
        return type == .string ? sum + dictionary.byteCount : sum
    }

    // MARK: - Shared by the topics

    /// The number of `row`: an integer's bits, a float's, or the code of a string.
    @inline(__always)
    func bits(at row: LocalID) -> UInt64? {
        guard let chunk = chunks[Int(row) / ColumnChunk.width] else { return nil }
        let place = Int(row) % ColumnChunk.width
        return chunk.hasValue(at: place) ? chunk.numbers.bits(at: place) : nil
    }

    func value(bits: UInt64) -> ColumnValue {
        switch type {
        case .boolean: .boolean(bits != 0)
        case .integer: .integer(Int64(bitPattern: bits))
        case .float: .float(Double(bitPattern: bits))
        case .string: .string(dictionary.string(Int(bits)))
        case .dateTime: .dateTime(Int64(bitPattern: bits))
        }
    }

    /// Calls `body` with each chunk that has rows in `ids` (`nil`: all rows): the chunk's first row, and the
    /// bits of those rows that have a value.
    func forEachChunk(
        over ids: IdSet?, _ body: (Int, ColumnChunk, UnsafePointer<UInt64>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ColumnChunk.wordWidth) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            guard let ids else {
                chunks.forEach { index, chunk in
                    body(index * ColumnChunk.width, chunk, chunk.present(in: nil, scratch: scratch))
                }
                return
            }
            if ids.isDense {
                ids.words.withUnsafeBufferPointer { words in
                    chunks.forEach { index, chunk in
                        let first = index * ColumnChunk.wordWidth
                        guard first < words.count else { return }
                        let available = min(chunk.words, words.count - first)
                        for word in 0..<available { scratch[word] = words[first + word] }
                        for word in available..<chunk.words { scratch[word] = 0 }
                        if chunk.mask(scratch) > 0 {
                            body(index * ColumnChunk.width, chunk, UnsafePointer(scratch))
                        }
                    }
                }
            } else {
                forEachChunk(sparse: ids.ids, scratch: scratch, body)
            }
        }
    }

    private func forEachChunk(
        sparse ids: [LocalID], scratch: BitBuffer, _ body: (Int, ColumnChunk, UnsafePointer<UInt64>) -> Void
    ) {
        var place = 0
        while place < ids.count {
            let index = Int(ids[place]) / ColumnChunk.width
            var end = place
            while end < ids.count, Int(ids[end]) / ColumnChunk.width == index { end += 1 }
            defer { place = end }
            guard let chunk = chunks[index] else { continue }
            scratch.update(repeating: 0, count: ColumnChunk.wordWidth)
            for id in ids[place..<end] {
                let row = Int(id) % ColumnChunk.width
                if row < chunk.rowCount { scratch[row >> 6] |= 1 << UInt64(row & 63) }
            }
            if chunk.mask(scratch) > 0 { body(index * ColumnChunk.width, chunk, UnsafePointer(scratch)) }
        }
    }
}
