import Base
import Columns
import TestSupport
import Testing

@testable import Catalog

@Suite struct PropertyColumnTests {
    @Test("values noted in batches come to the column of all values at once", arguments: [1, 2, 3])
    func batches(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var values: [LocalID: String] = [:]
        var column = PropertyColumn(Column(.string))
        var older: [(version: PropertyColumn, values: [LocalID: String])] = []
        var claims = 0
        for _ in 0..<400 {
            // Mostly rows that follow the last one, and now and then a load in one go.
            let count =
                Int.random(in: 0..<200, using: &random) == 0 ? 5_000 : .random(in: 0...30, using: &random)
            let batch = (0..<count).map { place -> PropertyColumn.Change in
                let isNew = Int.random(in: 0..<4, using: &random) != 0
                let row = isNew ? LocalID(values.count + place) : .random(in: 0..<2_000, using: &random)
                let isGone = Int.random(in: 0..<8, using: &random) == 0
                return (row, isGone ? nil : .string("v\(Int.random(in: 0..<300, using: &random))"))
            }
            for case (let row, let value) in batch {
                if case .string(let text)? = value { values[row] = text } else { values[row] = nil }
            }
            column = try column.applying(batch)
            if column.claimsUpkeep() {
                claims += 1
                #expect(!column.claimsUpkeep(), "asked twice, seed \(seed)")
                // A background that is late.
                if Bool.random(using: &random) { _ = column.column }
            }
            if Int.random(in: 0..<20, using: &random) == 0 { older.append((column, values)) }
        }
        #expect(claims > 0)
        // What later versions did does not show in earlier ones, in whatever order they are asked.
        for (version, values) in older.shuffled(using: &random) + [(column, values)] {
            let found = version.column
            #expect(found.present.ids == values.keys.sorted(), "seed \(seed)")
            #expect(values.allSatisfy { found.value(at: $0) == .string($1) }, "seed \(seed)")
            for text in ["v0", "v7", "v299", "absent"] {
                let expected = values.filter { $0.value == text }.keys.sorted()
                #expect(found.select(.equal(.string(text))).ids == expected, "seed \(seed), \(text)")
            }
        }
    }

    @Test func `what does not fit the column is refused when it is noted, not when it is read`() throws {
        let column = PropertyColumn(try Column(.integer).applying([(0, .integer(1))]))
        let error = #expect(throws: ColumnsError.self) { try column.applying([(1, .string("a"))]) }
        #expect(error?.code == .typeMismatch)
        #expect(column.column.count == 1)
    }
}
