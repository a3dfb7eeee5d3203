import Base
import TestSupport
import Testing

@testable import Columns

@Suite(.onOwnThreads) struct ColumnSelectTests {
    static let shapes: [(rows: Int, presence: Double)] = [
        (0, 1), (1, 1), (63, 1), (64, 1), (4_095, 1), (4_096, 1), (4_097, 0.5), (9_000, 0.001),
    ]

    static func predicates(
        _ style: ValueStyle, _ values: [Int: ColumnValue], using generator: inout SeededGenerator
    ) -> [ColumnPredicate] {
        let literals = style.literals(from: values, using: &generator)
        var predicates: [ColumnPredicate] = [
            .present, .in([]), .in(literals), .range(lower: nil, upper: nil), .matching { $0.contains("b") },
            .modulo(divisor: 3, remainder: 1), .modulo(divisor: -1, remainder: 0),
            .modulo(divisor: 0, remainder: 0),
            .modulo(divisor: 4, remainder: -1),
        ]
        for literal in literals {
            predicates += [
                .equal(literal), .greater(than: literal), .atLeast(literal), .less(than: literal),
                .atMost(literal),
                .in([literal, .integer(3), .string("c")]),
            ]
            if let other = literals.randomElement(using: &generator) {
                predicates.append(
                    .range(
                        lower: ColumnBound(literal, isInclusive: .random(using: &generator)),
                        upper: ColumnBound(other, isInclusive: .random(using: &generator))))
            }
        }
        let list = values.keys.sorted().prefix(40).compactMap { values[$0] }
        predicates.append(.in(list + literals))
        return predicates
    }

    @Test(arguments: ValueStyle.allCases)
    func `a column selects what its values one by one satisfy, with every instruction set`(
        style: ValueStyle
    ) throws {
        let seed: UInt64 = 1
        var generator = SeededGenerator(seed: seed)
        for shape in ColumnSelectTests.shapes {
            let values = style.values(rowCount: shape.rows, presence: shape.presence, using: &generator)
            let column = try makeColumn(style.type, values)
            #expect(column.count == values.count)
            #expect(column.present.ids == values.keys.sorted().map { LocalID($0) })
            let predicates = ColumnSelectTests.predicates(style, values, using: &generator)
                .shuffled(using: &generator).prefix(shape.rows > 1_000 ? 25 : 60)
            for predicate in predicates {
                let expected = Naive.select(values, predicate)
                for level in KernelLevel.allCases where level.rawValue <= KernelLevel.best.rawValue {
                    let found = KernelLevel.forcing(level) { column.select(predicate) }
                    #expect(
                        found.ids == expected && found.count == expected.count,
                        "seed \(seed), \(shape), \(predicate), \(level)")
                }
            }
        }
    }

    @Test(arguments: ValueStyle.allCases)
    func `of some rows a column selects those that it selects of all`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 2)
        for presence in [1, 0.4] {
            let values = style.values(rowCount: 9_000, presence: presence, using: &generator)
            let column = try makeColumn(style.type, values)
            for predicate in ColumnSelectTests.predicates(style, values, using: &generator) {
                let expected = Naive.select(values, predicate)
                // Few are looked at one by one, of many all rows are scanned.
                for count in [0, 3, 60, 2_000] {
                    let rows = Set((0..<count).map { _ in LocalID.random(in: 0..<9_100, using: &generator) })
                    #expect(
                        column.select(predicate, within: IdSet(rows)).ids
                            == expected.filter(rows.contains), "\(predicate) of \(count) rows")
                }
            }
        }
    }

    @Test(arguments: ValueStyle.allCases)
    func `a column gives back the values it was made of, to the bit`(style: ValueStyle) throws {
        var generator = SeededGenerator(seed: 7)
        for shape in ColumnSelectTests.shapes {
            let values = style.values(rowCount: shape.rows, presence: shape.presence, using: &generator)
            let column = try makeColumn(style.type, values)
            let rows = (0..<LocalID(shape.rows + 70))
            let found = column.values(at: Array(rows))
            for row in rows {
                #expect(isSame(found[Int(row)], values[Int(row)]), "row \(row) of \(shape)")
            }
            #expect(column.value(at: .max) == nil)
            if style.type == .string, let row = values.keys.max(), case .string(let text)? = values[row] {
                #expect(column.withUTF8(at: LocalID(row)) { Array($0) } == Array(text.utf8))
            }
        }
    }

    @Test func `an integer column is compared exactly with fractions and beyond 2^53`() throws {
        let large: Int64 = 1 << 53
        let column = try makeColumn(
            .integer, [0: .integer(2), 1: .integer(3), 2: .integer(large), 3: .integer(large + 1)])
        #expect(column.select(.greater(than: .float(2.5))).ids == [1, 2, 3])
        #expect(column.select(.less(than: .float(2.5))).ids == [0])
        #expect(column.select(.equal(.float(2.5))).isEmpty)
        #expect(column.select(.equal(.float(Double(large)))).ids == [2])
        #expect(column.select(.greater(than: .float(Double(large)))).ids == [3])
        #expect(column.select(.atMost(.float(.infinity))).count == 4)
        #expect(column.select(.atLeast(.float(.nan))).isEmpty)
    }

    @Test func `a float column is compared exactly with integers beyond 2^53`() throws {
        let large: Int64 = 1 << 53
        let column = try makeColumn(
            .float, [0: .float(Double(large)), 1: .float(Double(large) + 2), 2: .float(0x1p63)])
        #expect(column.select(.equal(.integer(large + 1))).isEmpty)
        #expect(column.select(.greater(than: .integer(large + 1))).ids == [1, 2])
        #expect(column.select(.atMost(.integer(large + 1))).ids == [0])
        #expect(column.select(.greater(than: .integer(.max))).ids == [2])
    }

    @Test func `a bound that is one of the values, with four decimals, is not lost to rounding`() throws {
        var values: [Int: ColumnValue] = [:]
        for row in 0...10_000 { values[row] = .float(Double(row) / 10_000) }
        let column = try makeColumn(.float, values)
        for step in 0...10_000 {
            #expect(column.select(.atLeast(.float(Double(step) / 10_000))).count == 10_001 - step)
        }
    }

    @Test func `NaN equals NaN and lies in no range`() throws {
        let column = try makeColumn(.float, [0: .float(.nan), 1: .float(1), 5: .float(-.infinity)])
        #expect(column.select(.equal(.float(.nan))).ids == [0])
        #expect(column.select(.atLeast(.float(-.infinity))).ids == [1, 5])
        #expect(column.select(.in([.float(.nan), .integer(1)])).ids == [0, 1])
    }

    @Test func `a value of another type is refused`() throws {
        let builder = ColumnBuilder(.integer)
        let error = #expect(throws: ColumnsError.self) { try builder.append(0, .string("a")) }
        #expect(error?.code == .typeMismatch)
        let applied = #expect(throws: ColumnsError.self) { try Column(.float).applying([(0, .integer(1))]) }
        #expect(applied?.code == .typeMismatch)
    }

    @Test func `strings that canonical equivalence would join stay apart`() throws {
        let column = try makeColumn(.string, [0: .string("é"), 1: .string("e\u{301}")])
        #expect(column.select(.equal(.string("é"))).ids == [0])
        #expect(column.facet(over: nil, limit: 9).distinct == 2)
    }
}

/// Whether two values are of one case and equal to the bit.
func isSame(_ left: ColumnValue?, _ right: ColumnValue?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)), (.dateTime(let left), .dateTime(let right)): left == right
    case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
    case (.string(let left), .string(let right)): Array(left.utf8) == Array(right.utf8)
    default: false
    }
}
