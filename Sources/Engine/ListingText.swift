import Base
import Catalog
import Columns

/// Writes a ``Listing`` as a JSON array of objects.
///
/// The memory is grown a cell at a time and written without asking for room byte by byte: a listing has
/// tens of thousands of cells, each of a few nanoseconds.
struct ListingText: ~Copyable {
    /// How values look that JSON has no form for.
    struct Style: Sendable {
        /// What stands for a value that is missing; `nil` leaves its member out.
        var missing: Value?
        /// Whether a time is `{"_date": "…"}`.
        var wrapsTimes: Bool
    }

    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0

    /// - Parameter capacity: bytes to begin with.
    init(capacity: Int = 4_096) {
        self.capacity = max(capacity, 64)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// What was written.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    mutating func write(_ listing: Listing, _ style: Style) {
        let parts = stride(from: 0, to: listing.rowCount, by: ListingText.rowsAPart).map {
            $0..<min($0 + ListingText.rowsAPart, listing.rowCount)
        }
        write(UInt8(ascii: "["))
        if let rows = parts.first, parts.count == 1 {
            write(rows, of: listing, style)
        } else {
            let texts = ForkJoin.map(parts.count) { part in
                var text = ListingText(capacity: 65_536)
                text.write(parts[part], of: listing, style)
                return Array(text.bytes)
            }
            makeRoom(texts.reduce(0) { $0 + $1.count })
            for text in texts { write(text) }
        }
        write(UInt8(ascii: "]"))
    }

    /// Rows that are worth another core, and of which a few blocks are.
    private static let rowsAPart = CellText.blockCount * 4

    private mutating func write(_ rows: Range<Int>, of listing: Listing, _ style: Style) {
        var missing = JSONWriter()
        if let value = style.missing { missing.write(value) }
        let columns = listing.columns.map { CellText($0, missing: missing.bytes, style: style) }
        // A block of cells is laid out column by column, and written row by row.
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: CellText.blockCount) {
            let block = first..<min(first + CellText.blockCount, rows.upperBound)
            for column in columns { column.prepare(block) }
            for row in block {
                if row > 0 { write(UInt8(ascii: ",")) }
                write(UInt8(ascii: "{"))
                let begin = count
                for column in columns { column.write(row, row &- first, of: listing, to: &self) }
                // Each key has a comma before it: the first one's goes.
                if count > begin { removeByte(at: begin) }
                write(UInt8(ascii: "}"))
            }
        }
    }

    // MARK: - Cells

    @inline(__always)
    fileprivate mutating func makeRoom(_ more: Int) {
        if count &+ more > capacity { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: start, count: count)
        start.deallocate()
        (start, capacity) = (moved, larger)
    }

    @inline(__always)
    fileprivate mutating func write(_ byte: UInt8) {
        makeRoom(1)
        start[count] = byte
        count &+= 1
    }

    @inline(__always)
    mutating func write(_ bytes: [UInt8]) {
        makeRoom(bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            if let source = bytes.baseAddress { (start + count).update(from: source, count: bytes.count) }
        }
        count &+= bytes.count
    }

    /// Moves what follows a byte into its place.
    private mutating func removeByte(at place: Int) {
        (start + place).update(from: start + place + 1, count: count - place - 1)
        count -= 1
    }

    @inline(__always)
    fileprivate mutating func write(_ number: Int64) {
        makeRoom(JSONText.numberByteCount)
        count &+= JSONText.write(number, to: start + count)
    }

    @inline(__always)
    fileprivate mutating func write(_ number: Double) {
        makeRoom(JSONText.numberByteCount)
        count &+= JSONText.write(number, to: start + count)
    }

    @inline(__always)
    fileprivate mutating func write(_ utf8: UnsafeRawBufferPointer) {
        makeRoom(JSONText.stringByteCount(utf8.count))
        count &+= JSONText.write(utf8, to: start + count)
    }
}

/// How the cells of one column are written.
///
/// The cells of a block are held as plain numbers and addresses: to touch a column once for each of its cells
/// would count references to it each time, which costs more than to write the cell.
private final class CellText {
    /// What a block touches stays in the second-level cache.
    static let blockCount = 512

    private enum Form {
        case integers, floats, booleans, strings, any
    }

    private let form: Form
    private let column: Listing.Column
    private let gathered: GatheredColumn?
    /// `,"name":`
    private let key: [UInt8]
    /// `,"name":null`, or what else stands for a missing value; empty where the member is left out.
    private let missing: [UInt8]
    private let style: ListingText.Style
    private let strings: UnsafeMutablePointer<UnsafeRawBufferPointer>
    private let numbers: UnsafeMutablePointer<UInt64>
    private let presence: UnsafeMutablePointer<Bool>

    init(_ column: Listing.Column, missing: [UInt8], style: ListingText.Style) {
        var writer = JSONWriter()
        writer.raw(",")
        writer.write(column.name)
        writer.raw(":")
        key = writer.take()
        self.missing = missing.isEmpty ? [] : key + missing
        self.style = style
        self.column = column
        // One type and no nulls: the cells of nearly all properties.
        if case .property(let cells) = column.cells, case .gathered(let columns, nil) = cells.source,
            columns.count == 1, columns[0].type != .dateTime
        {
            gathered = columns[0]
            form =
                switch columns[0].type {
                case .integer: .integers
                case .float: .floats
                case .boolean: .booleans
                case .string, .dateTime: .strings
                }
        } else {
            gathered = nil
            form = .any
        }
        strings = .allocate(capacity: form == .strings ? CellText.blockCount : 1)
        numbers = .allocate(capacity: form == .any ? 1 : CellText.blockCount)
        presence = .allocate(capacity: form == .any ? 1 : CellText.blockCount)
    }

    deinit {
        strings.deallocate()
        numbers.deallocate()
        presence.deallocate()
    }

    /// Lays out the cells of `rows`, ``blockCount`` at most.
    func prepare(_ rows: Range<Int>) {
        guard let gathered else { return }
        if form == .strings { gathered.writeStrings(of: rows, to: strings) }
        gathered.numbers.withUnsafeBufferPointer { source in
            for row in rows { numbers[row &- rows.lowerBound] = source[row] }
        }
        gathered.presence.withUnsafeBufferPointer { source in
            for row in rows {
                presence[row &- rows.lowerBound] = source[row >> 6] & 1 << UInt64(row & 63) != 0
            }
        }
    }

    /// - Parameter place: the row's within the block.
    func write(_ row: Int, _ place: Int, of listing: Listing, to text: inout ListingText) {
        if form == .any { return writeAny(listing.value(column, at: row), to: &text) }
        guard presence[place] else { return text.write(missing) }
        text.write(key)
        switch form {
        case .integers: text.write(Int64(bitPattern: numbers[place]))
        case .floats: text.write(Double(bitPattern: numbers[place]))
        case .booleans: text.write(numbers[place] != 0 ? CellText.yes : CellText.no)
        case .strings: text.write(strings[place])
        case .any: break
        }
    }

    private func writeAny(_ value: Value?, to text: inout ListingText) {
        guard let value else { return text.write(missing) }
        text.write(key)
        switch value {
        case .string(let string): string.withBytes { text.write(UnsafeRawBufferPointer($0)) }
        case .integer(let number): text.write(number)
        case .float(let number): text.write(number)
        default:
            var writer = JSONWriter()
            writer.write(style.wrapsTimes ? value.wire : value)
            text.write(writer.bytes)
        }
    }

    private static let yes = Array("true".utf8)
    private static let no = Array("false".utf8)
}
