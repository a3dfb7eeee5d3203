import Base
import TestSupport
import Testing

@testable import Columns

@Suite struct MultiValueColumnTests {
    static func values(
        of styles: [ValueStyle], row: Int, using generator: inout SeededGenerator
    ) -> [ColumnValue] {
        (0..<Int.random(in: 0...4, using: &generator)).map { _ in
            (styles.randomElement(using: &generator) ?? .bytes).value(row: row, using: &generator)
        }
    }

    static let mixtures: [[ValueStyle]] = [
        [.smallIntegers], [.decimals], [.fewStrings], [.manyStrings], [.specialFloats], [.seconds],
        [.booleans],
        [.smallIntegers, .wholeFloats, .fewStrings, .booleans, .seconds, .specialFloats, .extremeIntegers],
    ]

    @Test(arguments: mixtures)
    func `a row is selected if any of its values satisfies, through all versions`(styles: [ValueStyle]) throws
    {
        var generator = SeededGenerator(seed: 31)
        let builder = MultiValueColumnBuilder()
        var rows: [Int: [ColumnValue]] = [:]
        for row in 0..<2_500 {
            rows[row] = MultiValueColumnTests.values(of: styles, row: row, using: &generator)
            try builder.append(LocalID(row), rows[row] ?? [])
        }
        var column = builder.finish()
        var versions = [(column, rows)]
        for _ in 0..<5 {
            var changes: [(row: LocalID, values: [ColumnValue])] = []
            for _ in 0..<30 {
                let row = Int.random(in: 0..<3_500, using: &generator)
                changes.append(
                    (LocalID(row), MultiValueColumnTests.values(of: styles, row: row, using: &generator)))
            }
            for change in changes { rows[Int(change.row)] = change.values }
            column = try column.applying(changes)
            versions.append((column, rows))
        }
        for (column, rows) in versions {
            #expect(column.count == rows.values.filter { !$0.isEmpty }.count)
            #expect(column.valueCount == rows.values.reduce(0) { $0 + $1.count })
            let isIntact = (0..<3_600).allSatisfy { row in
                let found = column.values(at: LocalID(row))
                let expected = rows[row] ?? []
                return found.count == expected.count && zip(found, expected).allSatisfy { isSame($0, $1) }
            }
            #expect(isIntact)
            let flat = Dictionary(
                uniqueKeysWithValues: rows.values.flatMap { $0 }.prefix(50).enumerated().map { ($0, $1) })
            let predicates = ColumnSelectTests.predicates(styles[0], flat, using: &generator)
            for predicate in predicates.shuffled(using: &generator).prefix(12) {
                let expected = rows.filter { $0.value.contains { Naive.matches($0, predicate) } }.keys
                    .sorted()
                for level in KernelLevel.allCases where level.rawValue <= KernelLevel.best.rawValue {
                    let found = KernelLevel.forcing(level) { column.select(predicate) }
                    #expect(found.ids == expected.map { LocalID($0) }, "\(styles), \(predicate), \(level)")
                }
            }
        }
    }

    @Test func `a facet counts a value once a row`() throws {
        let builder = MultiValueColumnBuilder()
        try builder.append(1, [.string("cat"), .string("cat"), .string("dog")])
        try builder.append(2, [.string("cat"), .integer(1), .float(1)])
        try builder.append(7, [.integer(1)])
        let column = builder.finish()
        let facet = column.facet(over: [1, 2, 3, 9], limit: 2)
        #expect(
            facet.values == [.init(value: .string("cat"), count: 2), .init(value: .integer(1), count: 1)])
        #expect(facet.distinct == 3)
        #expect(facet.missing == 2)
        #expect(column.facet(over: nil, limit: 9).missing == 5)
    }

    @Test func `both ends of a range must hold for one value`() throws {
        let builder = MultiValueColumnBuilder()
        try builder.append(0, [.integer(1), .integer(9)])
        try builder.append(1, [.integer(5)])
        let range = ColumnPredicate.range(lower: .including(.integer(3)), upper: .including(.integer(7)))
        #expect(builder.finish().select(range).ids == [1])
    }
}
