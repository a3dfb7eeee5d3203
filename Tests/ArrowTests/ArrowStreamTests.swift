import Arrow
import Foundation
import TestSupport
import Testing

/// Streams as pyarrow reads them.
@Suite(.enabled(if: PythonOracle.isAvailable)) struct ArrowStreamTests {
    /// One column, written out: what the oracle prints of each row.
    private struct Written {
        var field: ArrowField
        var numbers: [UInt64] = []
        var texts: [[UInt8]] = []
        var presence: [UInt64]?

        func line(_ row: Int) -> String {
            if let presence, presence[row / 64] & 1 << UInt64(row % 64) == 0 { return "null" }
            return switch field.type {
            case .int64: String(Int64(bitPattern: numbers[row]))
            case .timestamp: "\(Int64(bitPattern: numbers[row]))us"
            case .float64: "f\(String(numbers[row], radix: 16))"
            case .boolean: numbers[row] != 0 ? "true" : "false"
            case .utf8: "t" + texts[row].map { String($0, radix: 16) }.joined(separator: ",")
            }
        }
    }

    private static func stream(_ columns: [Written], rowCount: Int, batch: Int) -> [UInt8] {
        let fields = columns.map(\.field)
        var bytes = ArrowStream.schema(fields)
        for first in stride(from: 0, to: rowCount, by: batch) {
            let rows = first..<min(first + batch, rowCount)
            var writer = ArrowBatch(fields, rowCount: rows.count)
            for column in columns {
                switch column.field.type {
                case .utf8:
                    let texts = column.texts[rows].map { text in
                        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
                        copy.copyBytes(from: text)
                        return UnsafeRawBufferPointer(copy)
                    }
                    writer.append(texts: texts[...], presence: column.presence, from: first)
                    for text in texts { text.deallocate() }
                case .boolean:
                    writer.append(booleans: column.numbers, presence: column.presence, from: first)
                default: writer.append(numbers: column.numbers, presence: column.presence, from: first)
                }
            }
            bytes += writer.take()
        }
        return bytes + ArrowStream.end
    }

    private static func column(
        _ name: String, _ type: ArrowType, rowCount: Int, _ random: inout SeededGenerator
    ) -> Written {
        var column = Written(
            field: ArrowField(name, type, metadata: name.isEmpty ? ["k": "v", "é": ""] : [:]))
        if type == .utf8 {
            let words = [
                "", "a", "é", "\u{1F4F7}", "line\nbreak", String(repeating: "long", count: 30), "\0",
            ]
            column.texts = (0..<rowCount).map { _ in Array(words.randomElement(using: &random)!.utf8) }
        } else {
            column.numbers = (0..<rowCount).map { _ in
                switch type {
                case .boolean: random.next() & 1
                case .timestamp: random.next() >> 14  // as far as Python's dates go
                default: random.next()
                }
            }
        }
        switch random.next() % 3 {
        case 0: column.presence = nil
        case 1: column.presence = Array(repeating: 0, count: rowCount / 64 + 1)
        default: column.presence = (0...rowCount / 64).map { _ in random.next() }
        }
        return column
    }

    @Test("pyarrow reads what was written", arguments: [0, 1, 63, 64, 65, 1_000, 70_000])
    func rows(rowCount: Int) throws {
        var random = SeededGenerator(seed: UInt64(rowCount))
        let types: [ArrowType] = [.int64, .float64, .boolean, .utf8, .timestamp]
        for columnCount in [0, 1, 5, 12] {
            let columns = (0..<columnCount).map { index in
                Self.column(
                    ["", "a", "ä b", "\"", "x\(index)"][index % 5], types[index % types.count],
                    rowCount: rowCount, &random)
            }
            let batch = [64, 1_024, 65_536].randomElement(using: &random)!
            let bytes = Self.stream(columns, rowCount: rowCount, batch: batch)
            let lines = try PythonOracle.lines(of: "arrow_oracle.py", ["patterns"], input: Data(bytes))
            var expected = [columns.map(\.field.name).description]
            expected += columns.map { "\($0.field.type) \($0.field.metadata.count)" }
            // A stream without columns has rows that nobody can tell apart.
            if columnCount > 0 {
                expected += (0..<rowCount).map { row in columns.map { $0.line(row) }.joined(separator: " ") }
            }
            #expect(lines.count == expected.count)
            #expect(lines == expected, "\(rowCount) rows, \(columnCount) columns")
        }
    }

    @Test func `a cut stream is an error to its reader, wherever it is cut`() throws {
        var random = SeededGenerator(seed: 4)
        let columns = [Self.column("n", .int64, rowCount: 100, &random)]
        let whole = Self.stream(columns, rowCount: 100, batch: 64)
        // All but what a reader may take for an end: between messages.
        let found = try PythonOracle.lines(of: "arrow_oracle.py", ["cuts"], input: Data(whole))
        #expect(found == ["0 wrong"])
    }
}
