public import Base

/// The total order of values that sorting and comparing go by: MongoDB's, over the types that we know.
///
/// null < numbers < strings < objects < arrays < booleans < dates. Integers and floats are one type and are
/// compared exactly, beyond 2⁵³ too; NaN is below all numbers and equal to itself. Strings go by their UTF-8
/// bytes, dates by their instant. Objects go member by member in their order (type, then key, then value),
/// arrays element by element; of two that agree so far the shorter is the lesser.
public enum ValueOrder {
    /// Negative, zero or positive as `left` stands before, with or after `right`.
    public static func compare(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.null, .null): 0
        case (.integer(let number), .integer(let other)): order(number, other)
        case (.float(let number), .float(let other)): order(number, other)
        case (.integer(let number), .float(let other)): order(number, other)
        case (.float(let number), .integer(let other)): -order(other, number)
        case (.string(let text), .string(let other)): text.compareBytes(to: other)
        case (.dateTime(let time), .dateTime(let other)): order(time.microseconds, other.microseconds)
        case (.boolean(let flag), .boolean(let other)): (flag ? 1 : 0) - (other ? 1 : 0)
        case (.array(let elements), .array(let others)): order(elements, others)
        case (.object(let document), .object(let other)): order(document, other)
        default: rank(left) - rank(right)
        }
    }

    /// Whether the two are one value to a query: `1` and `1.0` are, `true` and `1` are not.
    public static func equal(_ left: Value, _ right: Value) -> Bool {
        if case .string(let text) = left, case .string(let other) = right {
            return text.hasSameBytes(as: other)
        }
        return compare(left, right) == 0
    }

    /// The place of a value's type among the types; integers and floats share one.
    static func rank(_ value: Value) -> Int {
        switch value {
        case .null: 0
        case .integer, .float: 1
        case .string: 2
        case .object: 3
        case .array: 4
        case .boolean: 5
        case .dateTime: 6
        }
    }

    // MARK: - Private

    private static func order(_ left: Int64, _ right: Int64) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private static func order(_ left: Double, _ right: Double) -> Int {
        if left < right { return -1 }
        if left > right { return 1 }
        return (left.isNaN ? 0 : 1) - (right.isNaN ? 0 : 1)
    }

    private static func order(_ left: Int64, _ right: Double) -> Int {
        if right.isNaN { return 1 }
        // 2⁶³ is a Double; Int64.max is not.
        if right >= 0x1p63 { return -1 }
        if right < -0x1p63 { return 1 }
        let whole = Int64(right)
        if left != whole { return left < whole ? -1 : 1 }
        let fraction = right - Double(whole)
        return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
    }

    private static func order(_ left: [Value], _ right: [Value]) -> Int {
        for index in 0..<min(left.count, right.count) {
            let order = compare(left[index], right[index])
            if order != 0 { return order }
        }
        return left.count - right.count
    }

    private static func order(_ left: Document, _ right: Document) -> Int {
        let (members, others) = (left.members, right.members)
        for index in 0..<min(members.count, others.count) {
            let ranks = rank(members[index].value) - rank(others[index].value)
            if ranks != 0 { return ranks }
            let keys = members[index].key.compareBytes(to: others[index].key)
            if keys != 0 { return keys }
            let values = compare(members[index].value, others[index].value)
            if values != 0 { return values }
        }
        return members.count - others.count
    }
}
