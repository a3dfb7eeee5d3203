import Base
import CColumns

/// The place of each row's number among the different numbers of a column, in order: what facets over columns
/// with many different numbers count. Takes 4 bytes a row and 4 a different number; a million rows take 0.05
/// s to make.
///
/// The codes belong to one version of the column. Later versions use them as well, and look at the rows that
/// have changed since one by one, until these are many.
final class FacetCodes: Sendable {
    /// Rows from here on have no code.
    let rowCount: Int
    /// How many different numbers there are; also the code of rows without a number.
    let distinct: Int
    /// How many rows share the most frequent number.
    let greatestCount: Int
    /// 32-bit codes, room for whole words.
    let codes: MemoryBlock
    /// For each code a row that has it.
    private let rows: MemoryBlock
    /// Where the numbers of those rows stand.
    private let chunks: ChunkList<ColumnChunk>

    /// How many rows may differ before the codes are made anew.
    static func maximumStaleCount(of rowCount: Int) -> Int { max(16_384, rowCount / 32) }

    init(of column: Column) {
        chunks = column.chunks
        rowCount = column.rowCount
        let keys = SortKeys(of: column, over: nil)
        codes = MemoryBlock(byteCount: wordCount(forBits: rowCount) * 64 * 4)
        let codeOfRow = codes.base.assumingMemoryBound(to: UInt32.self)
        keys.sort()
        var first: [UInt32] = []
        var longest = 0
        var run = 0
        codeOfRow.update(repeating: .max, count: wordCount(forBits: rowCount) * 64)
        for place in 0..<keys.count {
            if place == 0 || keys.keys[place] != keys.keys[place - 1] {
                first.append(keys.rows[place])
                run = 0
            }
            run += 1
            longest = max(longest, run)
            codeOfRow[Int(keys.rows[place])] = UInt32(first.count - 1)
        }
        distinct = first.count
        greatestCount = longest
        let absent = UInt32(first.count)
        for row in 0..<wordCount(forBits: rowCount) * 64 where codeOfRow[row] == .max {
            codeOfRow[row] = absent
        }
        rows = first.withUnsafeBytes { .copy(of: $0, byteCount: $0.count) }
    }

    /// The number that `code` stands for, as bits.
    func bits(of code: Int) -> UInt64 {
        let row = Int(rows.base.load(fromByteOffset: code * 4, as: UInt32.self))
        guard let chunk = chunks[row / ColumnChunk.width] else {
            preconditionFailure("code \(code) has no row")
        }
        return chunk.numbers.bits(at: row % ColumnChunk.width)
    }

    /// The code of the number with this sort key.
    func code(ofKey key: UInt64, isFloat: Bool) -> Int? {
        var low = 0
        var high = distinct
        while low < high {
            let middle = (low + high) / 2
            if SortKeys.key(bits(of: middle), isFloat: isFloat) < key {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < distinct && SortKeys.key(bits(of: low), isFloat: isFloat) == key ? low : nil
    }

    var byteCount: Int { codes.byteCount + rows.byteCount + 96 }
}
