import Columns
import TestSupport

/// Kinds of values that lead columns to all the ways they store them.
enum ValueStyle: CaseIterable {
    case booleans
    case constant, smallIntegers, bytes, words, longWords, wideIntegers, extremeIntegers, risingIntegers
    case wholeFloats, decimals, shortFloats, longFloats, specialFloats
    case fewStrings, manyStrings, oddStrings
    case seconds, microseconds

    var type: ColumnType {
        switch self {
        case .booleans: .boolean
        case .constant, .smallIntegers, .bytes, .words, .longWords, .wideIntegers, .extremeIntegers,
            .risingIntegers:
            .integer
        case .wholeFloats, .decimals, .shortFloats, .longFloats, .specialFloats: .float
        case .fewStrings, .manyStrings, .oddStrings: .string
        case .seconds, .microseconds: .dateTime
        }
    }

    func value(row: Int, using generator: inout SeededGenerator) -> ColumnValue {
        func integer(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &generator) }
        switch self {
        case .booleans: return .boolean(.random(using: &generator))
        case .constant: return .integer(42)
        case .smallIntegers: return .integer(integer(-3...8))
        case .bytes: return .integer(integer(1_000...1_255))
        case .words: return .integer(integer(-30_000...30_000))
        case .longWords: return .integer(integer(-1_000_000_000...3_000_000_000))
        case .wideIntegers: return .integer(integer(.min ... .max))
        case .extremeIntegers:
            let list: [Int64] = [
                .min, .min + 1, -1, 0, 1, 1 << 53, 1 << 53 + 1, -(1 << 53) - 1, .max - 1, .max,
            ]
            return .integer(list.randomElement(using: &generator) ?? 0)
        case .risingIntegers: return .integer(Int64(row) * 7)
        case .wholeFloats: return .float(Double(integer(-100...100)))
        case .decimals: return .float(Double(integer(0...10_000)) / 10_000)
        case .shortFloats: return .float(Double(Float.random(in: -1...1, using: &generator)))
        case .longFloats: return .float(.random(in: -1e6...1e6, using: &generator))
        case .specialFloats:
            let list: [Double] = [
                .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
                .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0.1, 0.5, 0x1p53, 0x1p63, -0x1p63, 1e300,
            ]
            return .float(list.randomElement(using: &generator) ?? 0)
        case .fewStrings:
            return .string(["a", "b", "ba", "bb", "c", ""].randomElement(using: &generator) ?? "")
        case .manyStrings: return .string("/photos/\(integer(0...5))/\(row)-\(integer(0...1_000_000)).jpeg")
        case .oddStrings:
            let list = [
                "é", "e\u{301}", "日本", "\u{0}", "a\u{0}b", "🚲", "Z", "z", String(repeating: "x", count: 300),
            ]
            return .string((list.randomElement(using: &generator) ?? "") + "\(integer(0...40))")
        case .seconds: return .dateTime(integer(1_500_000_000...1_700_000_000) * 1_000_000)
        case .microseconds: return .dateTime(integer(1_500_000_000_000_000...1_700_000_000_000_000))
        }
    }

    /// Values by row: some rows have none.
    func values(rowCount: Int, presence: Double, using generator: inout SeededGenerator) -> [Int: ColumnValue]
    {
        var values: [Int: ColumnValue] = [:]
        for row in 0..<rowCount where Double.random(in: 0..<1, using: &generator) < presence {
            values[row] = value(row: row, using: &generator)
        }
        return values
    }

    /// Literals to compare with: values of the column, values beside them, and values of other types.
    func literals(from values: [Int: ColumnValue], using generator: inout SeededGenerator) -> [ColumnValue] {
        var literals: [ColumnValue] = [
            .boolean(true), .integer(0), .integer(.max), .integer(.min), .integer(1 << 53 + 1), .float(2.5),
            .float(-0.0), .float(.nan), .float(.infinity), .float(-.infinity), .float(0x1p63),
            .float(-0x1p63),
            .float(0.1), .string("b"), .string(""), .dateTime(1_600_000_000_000_000),
        ]
        for row in values.keys.sorted().shuffled(using: &generator).prefix(6) {
            guard let value = values[row] else { continue }
            literals.append(value)
            switch value {
            case .integer(let number):
                literals += [.float(Double(number)), .float(Double(number) + 0.5), .integer(number &+ 1)]
            case .float(let number):
                literals += [.float(number.nextUp), .float(number.nextDown)]
                if let whole = Int64(exactly: number.rounded()) { literals.append(.integer(whole)) }
            case .string(let text): literals += [.string(text + "a"), .string(String(text.dropLast()))]
            case .dateTime(let time): literals += [.dateTime(time + 1), .dateTime(time - 1)]
            case .boolean: break
            }
        }
        return literals
    }
}

/// Builds a column of the given values.
func makeColumn(_ type: ColumnType, _ values: [Int: ColumnValue]) throws -> Column {
    let builder = ColumnBuilder(type)
    for row in values.keys.sorted() {
        if let value = values[row] { try builder.append(UInt32(row), value) }
    }
    return builder.finish()
}
