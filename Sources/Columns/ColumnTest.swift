/// A predicate made ready for the numbers of one column type: literals converted, strings looked up.
enum ColumnTest: Sendable {
    case nothing
    case present
    /// Any of the tests.
    case anyOf([NumberTest])
    /// The number is in the set, by its bits; zeros are positive, NaN is the one of `Double.nan`.
    case oneOf(Set<UInt64>)
    /// The byte at the code is not 0. Three more bytes follow, as the kernel needs.
    case codes([UInt8])
    case modulo(divisor: Int64, remainder: Int64)

    /// Lists of up to so many literals are tested one by one, with vectors.
    private static let listLimit = 16

    init(_ predicate: ColumnPredicate, type: ColumnType, dictionary: StringDictionary) {
        switch predicate {
        case .present: self = .present
        case .equal(let value):
            self =
                ColumnTest.equal(value, type: type, dictionary: dictionary).map { .anyOf([$0]) } ?? .nothing
        case .in(let values):
            self = ColumnTest.list(values, type: type, dictionary: dictionary)
        case .range(let lower, let upper):
            self =
                type == .string
                ? ColumnTest.strings(from: lower, to: upper, in: dictionary)
                : NumberTest(from: lower, to: upper, type: type).map { .anyOf([$0]) } ?? .nothing
        case .matching(let accepts):
            guard type == .string else {
                self = .nothing
                return
            }
            self = .codes(dictionary.table { accepts(String(decoding: $0, as: UTF8.self)) })
        case .modulo(let divisor, let remainder):
            self =
                divisor != 0 && (type == .integer || type == .float)
                ? .modulo(divisor: divisor, remainder: remainder) : .nothing
        }
    }

    /// Whether one number, given by its bits, satisfies the test.
    func accepts(_ bits: UInt64, isFloat: Bool) -> Bool {
        switch self {
        case .nothing: false
        case .present: true
        case .anyOf(let tests): tests.contains { $0.accepts(bits) }
        case .oneOf(let set): set.contains(isFloat ? ColumnTest.canonical(Double(bitPattern: bits)) : bits)
        case .codes(let table): table[Int(bits)] != 0
        case .modulo(let divisor, let remainder):
            if isFloat {
                Int64(exactly: Double(bitPattern: bits).rounded(.towardZero))
                    .map { ColumnTest.remainder($0, divisor) == remainder } ?? false
            } else {
                ColumnTest.remainder(Int64(bitPattern: bits), divisor) == remainder
            }
        }
    }

    /// The bits that stand for all floats equal to `number`.
    static func canonical(_ number: Double) -> UInt64 {
        number.isNaN ? Double.nan.bitPattern : number == 0 ? 0 : number.bitPattern
    }

    // MARK: - Private

    @inline(__always)
    private static func remainder(_ number: Int64, _ divisor: Int64) -> Int64 {
        // Int64.min % -1 traps, as the quotient overflows.
        divisor == -1 ? 0 : number % divisor
    }

    private static func equal(
        _ value: ColumnValue, type: ColumnType, dictionary: StringDictionary
    ) -> NumberTest? {
        switch (type, value) {
        case (.boolean, .boolean(let flag)): return .integers(flag ? 1 : 0, flag ? 1 : 0)
        case (.integer, .integer(let number)), (.dateTime, .dateTime(let number)):
            return .integers(number, number)
        case (.integer, .float(let number)): return Int64(exactly: number).map { .integers($0, $0) }
        case (.float, .float(let number)): return number.isNaN ? .notANumber : .doubles(number, number)
        case (.float, .integer(let number)): return Double(exactly: number).map { .doubles($0, $0) }
        case (.string, .string(let text)):
            return dictionary.code(text).map { .integers(Int64($0), Int64($0)) }
        default: return nil
        }
    }

    private static func list(
        _ values: [ColumnValue], type: ColumnType, dictionary: StringDictionary
    ) -> ColumnTest {
        let tests = values.compactMap { equal($0, type: type, dictionary: dictionary) }
        if tests.isEmpty { return .nothing }
        if tests.count <= (type == .string ? 2 : listLimit) { return .anyOf(tests) }
        if type == .string {
            var table = [UInt8](repeating: 0, count: dictionary.count + 3)
            for case .integers(let code, _) in tests { table[Int(code)] = 1 }
            return .codes(table)
        }
        return .oneOf(
            Set(
                tests.map { test in
                    switch test {
                    case .integers(let number, _): UInt64(bitPattern: number)
                    case .doubles(let number, _): canonical(number)
                    case .notANumber: canonical(.nan)
                    }
                }))
    }

    private static func strings(
        from lower: ColumnBound?, to upper: ColumnBound?, in dictionary: StringDictionary
    ) -> ColumnTest {
        var low: [UInt8] = []
        var high: [UInt8] = []
        if let lower {
            guard case .string(let text) = lower.value else { return .nothing }
            low = Array(text.utf8)
        }
        if let upper {
            guard case .string(let text) = upper.value else { return .nothing }
            high = Array(text.utf8)
        }
        if lower == nil, upper == nil { return .present }
        return low.withUnsafeBytes { low in
            high.withUnsafeBytes { high in
                .codes(
                    dictionary.table { bytes in
                        if let lower {
                            let order = bytes.compare(with: low)
                            if order < 0 || (order == 0 && !lower.isInclusive) { return false }
                        }
                        if let upper {
                            let order = bytes.compare(with: high)
                            if order > 0 || (order == 0 && !upper.isInclusive) { return false }
                        }
                        return true
                    })
            }
        }
    }
}

extension StringDictionary {
    /// One byte a string, 1 where `accepts` says so, and three of padding.
    fileprivate func table(_ accepts: (UnsafeRawBufferPointer) -> Bool) -> [UInt8] {
        var table = [UInt8](repeating: 0, count: count + 3)
        forEach { code, bytes in if accepts(bytes) { table[code] = 1 } }
        return table
    }
}
