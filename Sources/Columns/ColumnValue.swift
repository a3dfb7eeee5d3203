/// One value of a column, or a literal that a column is compared with.
///
/// Equality and order are those of queries: an integer and a float are one number type and are compared
/// exactly, beyond 2^53 as well; NaN equals NaN and sorts below every other number; strings compare by their
/// UTF-8 bytes.
public enum ColumnValue: Sendable {
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
    /// Microseconds since 1970 in UTC.
    case dateTime(Int64)

    /// The type of a column that holds this value.
    public var type: ColumnType {
        switch self {
        case .boolean: .boolean
        case .integer: .integer
        case .float: .float
        case .string: .string
        case .dateTime: .dateTime
        }
    }

    /// Negative, 0 or positive as `left` sorts before, with or after `right`. Values of different kinds sort
    /// as numbers, strings, booleans, date-times (the order of BSON).
    public static func compare(_ left: ColumnValue, _ right: ColumnValue) -> Int {
        switch (left, right) {
        case (.boolean(let left), .boolean(let right)): order(left ? 1 : 0, right ? 1 : 0)
        case (.integer(let left), .integer(let right)), (.dateTime(let left), .dateTime(let right)):
            order(left, right)
        case (.float(let left), .float(let right)): compare(left, right)
        case (.integer(let left), .float(let right)): -compare(right, left)
        case (.float(let left), .integer(let right)): compare(left, right)
        case (.string(let left), .string(let right)): compare(left, right)
        default: order(left.rank, right.rank)
        }
    }

    // MARK: - Private

    private var rank: Int {
        switch self {
        case .integer, .float: 0
        case .string: 1
        case .boolean: 2
        case .dateTime: 3
        }
    }

    private static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    private static func compare(_ left: Double, _ right: Double) -> Int {
        if left < right { return -1 }
        if left == right { return 0 }
        if left > right { return 1 }
        return order(left.isNaN ? 0 : 1, right.isNaN ? 0 : 1)
    }

    private static func compare(_ left: Double, _ right: Int64) -> Int {
        if left.isNaN { return -1 }
        if left >= 0x1p63 { return 1 }
        if left < -0x1p63 { return -1 }
        let whole = Int64(left)  // towards zero, exact in this range
        if whole != right { return whole < right ? -1 : 1 }
        return order(left, Double(whole))
    }

    private static func compare(_ left: String, _ right: String) -> Int {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}

extension ColumnValue: Hashable, Comparable {
    public static func == (left: ColumnValue, right: ColumnValue) -> Bool { compare(left, right) == 0 }
    public static func < (left: ColumnValue, right: ColumnValue) -> Bool { compare(left, right) < 0 }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        case .float(let number):
            // Equal numbers hash alike, whichever case holds them; every NaN is equal to every other.
            if let whole = Int64(exactly: number) {
                hasher.combine(whole)
            } else {
                hasher.combine(number.isNaN ? Double.nan.bitPattern : number.bitPattern)
            }
        case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
        case .dateTime(let microseconds): hasher.combine(microseconds)
        }
    }
}
