extension NumberTest {
    /// The interval between two bounds for numbers of `type`; `nil` where no number can lie in it. The
    /// comparison of integers with floats is exact: a bound becomes the nearest number of the type that
    /// satisfies it.
    init?(from lower: ColumnBound?, to upper: ColumnBound?, type: ColumnType) {
        switch type {
        case .string: return nil
        case .float:
            guard let low = lower.map(NumberTest.leastFloat) ?? .some(-.infinity),
                let high = upper.map(NumberTest.greatestFloat) ?? .some(.infinity), low <= high
            else { return nil }
            self = .doubles(low, high)
        case .boolean, .integer, .dateTime:
            guard let low = lower.map({ NumberTest.leastInteger($0, type: type) }) ?? .some(.min),
                let high = upper.map({ NumberTest.greatestInteger($0, type: type) }) ?? .some(.max),
                low <= high
            else { return nil }
            self = .integers(low, high)
        }
    }

    /// Whether one number, given by its bits, satisfies the test.
    func accepts(_ bits: UInt64) -> Bool {
        switch self {
        case .integers(let low, let high):
            let number = Int64(bitPattern: bits)
            return low <= number && number <= high
        case .doubles(let low, let high):
            let number = Double(bitPattern: bits)
            return low <= number && number <= high
        case .notANumber: return Double(bitPattern: bits).isNaN
        }
    }

    // MARK: - Private

    private static func leastInteger(_ bound: ColumnBound, type: ColumnType) -> Int64? {
        switch (type, bound.value) {
        case (.boolean, .boolean(let flag)): return next(flag ? 1 : 0, bound)
        case (.integer, .integer(let number)), (.dateTime, .dateTime(let number)): return next(number, bound)
        case (.integer, .float(let number)):
            if number.isNaN || number >= 0x1p63 { return nil }
            if number < -0x1p63 { return .min }
            let whole = number.rounded(.up)
            return whole == number ? next(Int64(whole), bound) : Int64(whole)
        default: return nil
        }
    }

    private static func greatestInteger(_ bound: ColumnBound, type: ColumnType) -> Int64? {
        switch (type, bound.value) {
        case (.boolean, .boolean(let flag)): return previous(flag ? 1 : 0, bound)
        case (.integer, .integer(let number)), (.dateTime, .dateTime(let number)):
            return previous(number, bound)
        case (.integer, .float(let number)):
            if number.isNaN || number < -0x1p63 { return nil }
            if number >= 0x1p63 { return .max }
            let whole = number.rounded(.down)
            return whole == number ? previous(Int64(whole), bound) : Int64(whole)
        default: return nil
        }
    }

    private static func next(_ number: Int64, _ bound: ColumnBound) -> Int64? {
        bound.isInclusive ? number : number == .max ? nil : number + 1
    }

    private static func previous(_ number: Int64, _ bound: ColumnBound) -> Int64? {
        bound.isInclusive ? number : number == .min ? nil : number - 1
    }

    private static func leastFloat(_ bound: ColumnBound) -> Double? {
        switch bound.value {
        case .float(let number):
            if number.isNaN || (number == .infinity && !bound.isInclusive) { return nil }
            return bound.isInclusive ? number : number.nextUp
        case .integer(let number):
            let nearest = Double(number)
            switch ColumnValue.compare(.float(nearest), .integer(number)) {
            case 0: return bound.isInclusive ? nearest : nearest.nextUp
            case 1: return nearest
            default: return nearest.nextUp
            }
        default: return nil
        }
    }

    private static func greatestFloat(_ bound: ColumnBound) -> Double? {
        switch bound.value {
        case .float(let number):
            if number.isNaN || (number == -.infinity && !bound.isInclusive) { return nil }
            return bound.isInclusive ? number : number.nextDown
        case .integer(let number):
            let nearest = Double(number)
            switch ColumnValue.compare(.float(nearest), .integer(number)) {
            case 0: return bound.isInclusive ? nearest : nearest.nextDown
            case -1: return nearest
            default: return nearest.nextDown
            }
        default: return nil
        }
    }
}
