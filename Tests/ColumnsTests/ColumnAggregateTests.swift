import Base
import TestSupport
import Testing

@testable import Columns

/// Facets, histograms, orders and extremes.
@Suite(.onOwnThreads) struct ColumnAggregateTests {
    /// A column, its values, and sets of rows from none to all, some beyond the column's end.
    struct Sample {
        var column: Column
        var values: [Int: ColumnValue]
        var sets: [IdSet]
    }

    static func sample(
        _ style: ValueStyle, rows: Int, presence: Double, using generator: inout SeededGenerator
    ) throws -> Sample {
        let values = style.values(rowCount: rows, presence: presence, using: &generator)
        var column = try makeColumn(style.type, values)
        if values.isEmpty { column = Column(style.type) }
        let beyond = LocalID(rows + 100)
        var sets: [IdSet] = [[], [0], IdSet(0..<beyond)]
        for share in [0.003, 0.4, 0.95] {
            sets.append(
                IdSet((0..<beyond).filter { _ in Double.random(in: 0..<1, using: &generator) < share }))
        }
        return Sample(column: column, values: values, sets: sets)
    }

    @Test(arguments: ValueStyle.allCases)
    func `a facet counts what counting one by one counts`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 21)
        for (rows, presence) in [(0, 1.0), (700, 1), (5_000, 0.6)] {
            let sample = try ColumnAggregateTests.sample(
                style, rows: rows, presence: presence, using: &generator)
            for ids in sample.sets {
                let limit = Int.random(in: 0...12, using: &generator)
                let expected = Naive.facet(ids.ids.map { sample.values[Int($0)] }, limit: limit)
                for level in KernelLevel.allCases where level.rawValue <= KernelLevel.best.rawValue {
                    let found = KernelLevel.forcing(level) { sample.column.facet(over: ids, limit: limit) }
                    #expect(
                        found == expected,
                        "\(style), \(rows) rows, \(ids.count) ids, limit \(limit), \(level)")
                }
            }
            let all = Naive.facet((0..<sample.column.rowCount).map { sample.values[$0] }, limit: 1_000)
            #expect(sample.column.facet(over: nil, limit: 1_000) == all)
        }
    }

    @Test(arguments: [
        ValueStyle.wideIntegers, .longFloats, .specialFloats, .microseconds, .manyStrings, .seconds,
    ])
    func `facet codes of an older version serve the versions after it`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 22)
        var values = style.values(rowCount: 3_000, presence: 0.7, using: &generator)
        var column = try makeColumn(style.type, values)
        _ = column.facet(over: nil, limit: 3)
        for _ in 0..<12 {
            var changes: [(row: LocalID, value: ColumnValue?)] = []
            let present = values.keys.sorted()
            for _ in 0..<40 {
                let row = Int.random(in: 0..<3_200, using: &generator)
                // Values that are there already, so that codes are found, and new ones.
                let known = present.randomElement(using: &generator).flatMap { values[$0] }
                let value = Bool.random(using: &generator) ? known : style.value(row: row, using: &generator)
                changes.append((LocalID(row), Int.random(in: 0..<4, using: &generator) == 0 ? nil : value))
            }
            for change in changes { values[Int(change.row)] = change.value }
            column = try column.applying(changes)
            let ids = IdSet((0..<3_300).filter { _ in Int.random(in: 0..<3, using: &generator) > 0 })
            #expect(
                column.facet(over: ids, limit: 20) == Naive.facet(ids.ids.map { values[Int($0)] }, limit: 20))
            let all = (0..<column.rowCount).map { values[$0] }
            #expect(column.facet(over: nil, limit: 5_000) == Naive.facet(all, limit: 5_000))
        }
    }

    @Test(arguments: ValueStyle.allCases.filter { $0.type != .string && $0.type != .boolean })
    func `a histogram puts every value into the bin it belongs to`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 23)
        for (rows, presence) in [(0, 1.0), (700, 1), (5_000, 0.6)] {
            let sample = try ColumnAggregateTests.sample(
                style, rows: rows, presence: presence, using: &generator)
            var edges = style.literals(from: sample.values, using: &generator).filter { literal in
                guard !Naive.isNaN(literal) else { return false }
                return style.type == .dateTime ? literal.type == .dateTime : Naive.number(literal) != nil
            }
            edges.sort { (Naive.compare($0, $1) ?? 0) < 0 }
            var rising: [ColumnValue] = []
            for edge in edges where rising.last.map({ Naive.compare($0, edge) != 0 }) ?? true {
                rising.append(edge)
            }
            if rising.count < 2 { rising = [.dateTime(0), .dateTime(10)] }
            for ids in sample.sets {
                let expected = Naive.histogram(ids.ids.map { sample.values[Int($0)] }, edges: rising)
                for level in KernelLevel.allCases where level.rawValue <= KernelLevel.best.rawValue {
                    let found = try KernelLevel.forcing(level) {
                        try sample.column.histogram(over: ids, edges: rising)
                    }
                    #expect(found == expected, "\(style), \(rows) rows, \(ids.count) ids, \(level)")
                }
            }
        }
    }

    @Test func `edges that are too few, not rising, NaN or of another type are refused`() throws {
        let column = try makeColumn(.float, [0: .float(1)])
        let bad: [[ColumnValue]] = [
            [], [.float(1)], [.float(1), .float(1)], [.float(2), .integer(1)], [.float(.nan), .float(1)],
            [.dateTime(0), .dateTime(1)], [.string("a"), .string("b")],
        ]
        for edges in bad {
            let error = #expect(throws: ColumnsError.self) { try column.histogram(over: nil, edges: edges) }
            #expect(error?.code == .typeMismatch)
        }
        #expect(throws: ColumnsError.self) {
            try Column(.dateTime).histogram(over: nil, edges: [0, Double.infinity])
        }
        let closed = try column.histogram(over: nil, edges: [0.0, 0.5, 1.0])
        #expect(closed == HistogramResult(counts: [0, 1], below: 0, above: 0, missing: 0))
    }

    @Test(arguments: ValueStyle.allCases)
    func `rows are sorted by value, ties by row, rows without value as null`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 24)
        for (rows, presence) in [(0, 1.0), (700, 1), (6_000, 0.6)] {
            let sample = try ColumnAggregateTests.sample(
                style, rows: rows, presence: presence, using: &generator)
            for ids in sample.sets {
                for ascending in [true, false] {
                    let expected = ids.ids.map { ($0, sample.values[Int($0)]) }.sorted { left, right in
                        let order = Naive.order(left.1, right.1)
                        return order != 0 ? (order < 0) == ascending : left.0 < right.0
                    }.map(\.0)
                    for limit in [nil, 0, 1, 10, 2_000] {
                        let found = sample.column.sorted(ids: ids, ascending: ascending, limit: limit)
                        #expect(
                            found == Array(expected.prefix(limit ?? .max)),
                            "\(style), \(rows) rows, \(ids.count) ids, \(ascending), \(limit ?? -1)")
                    }
                }
            }
        }
    }

    @Test func `several keys sort by the first, then the second, then by row`() throws {
        var generator = SeededGenerator(seed: 25)
        let styles: [ValueStyle] = [
            .fewStrings, .smallIntegers, .specialFloats, .oddStrings, .booleans, .bytes,
        ]
        for _ in 0..<12 {
            let chosen = (0..<3).map { _ in styles.randomElement(using: &generator) ?? .bytes }
            let values = chosen.map { $0.values(rowCount: 900, presence: 0.8, using: &generator) }
            let keys = try zip(chosen, values).map {
                ColumnSortKey(try makeColumn($0.type, $1), ascending: .random(using: &generator))
            }
            let ids = IdSet((0..<950).filter { _ in Int.random(in: 0..<3, using: &generator) > 0 })
            let expected = ids.ids.sorted { left, right in
                for (place, key) in keys.enumerated() {
                    let order = Naive.order(values[place][Int(left)], values[place][Int(right)])
                    if order != 0 { return (order < 0) == key.ascending }
                }
                return left < right
            }
            for limit in [nil, 1, 17, 300] {
                #expect(
                    Column.sorted(ids: ids, by: keys, limit: limit) == Array(expected.prefix(limit ?? .max)))
            }
        }
        #expect(Column.sorted(ids: [3, 1, 2], by: [], limit: 2) == [1, 2])
    }

    @Test(arguments: ValueStyle.allCases)
    func `extremes are the first and last of the order`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 26)
        for (rows, presence) in [(0, 1.0), (700, 1), (9_000, 0.2)] {
            let sample = try ColumnAggregateTests.sample(
                style, rows: rows, presence: presence, using: &generator)
            for ids in sample.sets {
                let sorted = ids.ids.compactMap { sample.values[Int($0)] }.sorted { Naive.order($0, $1) < 0 }
                #expect(sample.column.minimum(over: ids) == sorted.first)
                #expect(sample.column.maximum(over: ids) == sorted.last)
            }
            let sorted = sample.values.values.sorted { Naive.order($0, $1) < 0 }
            #expect(sample.column.minimum() == sorted.first)
            #expect(sample.column.maximum() == sorted.last)
        }
    }
}
