import Base

/// The strings of one statement's rows side by side, so that SQLite need not copy each of them.
struct TextArena: ~Copyable {
    private var bytes: UnsafeMutableRawBufferPointer
    private var used = 0
    /// For each column, where its strings begin, and where the last ends.
    private var starts: [[Int]]

    init(columnCount: Int) {
        bytes = .allocate(byteCount: 1 << 16, alignment: 1)
        starts = Array(repeating: [], count: columnCount)
    }

    deinit { bytes.deallocate() }

    /// Copies the strings of `rows`. All columns must be in before the first string is used: growing moves
    /// them.
    mutating func append(_ column: BulkRows.Column, _ rows: Range<Int>, at place: Int) {
        guard case .strings(let values) = column.values else { return }
        starts[place].removeAll(keepingCapacity: true)
        for row in rows {
            starts[place].append(used)
            if column.isPresent?[row] == false { continue }
            var text = values[row]
            text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        }
        starts[place].append(used)
    }

    /// The string of the row at `index` of those that were copied, valid until the arena changes.
    borrowing func text(_ index: Int, at place: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[starts[place][index]..<starts[place][index + 1]])
    }

    mutating func removeAll() { used = 0 }

    // MARK: - Private

    private mutating func append(_ text: UnsafeRawBufferPointer) {
        if used + text.count > bytes.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(bytes.count * 2, used + text.count), alignment: 1)
            larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
            bytes.deallocate()
            bytes = larger
        }
        UnsafeMutableRawBufferPointer(rebasing: bytes[used...]).copyMemory(from: text)
        used += text.count
    }
}
