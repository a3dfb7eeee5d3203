/// An end of a range of values.
public struct ColumnBound: Sendable, Hashable {
    public var value: ColumnValue
    /// Whether the value itself is in the range.
    public var isInclusive: Bool

    public init(_ value: ColumnValue, isInclusive: Bool) {
        self.value = value
        self.isInclusive = isInclusive
    }

    /// A bound that is itself in the range.
    public static func including(_ value: ColumnValue) -> ColumnBound {
        ColumnBound(value, isInclusive: true)
    }
    /// A bound that is itself outside the range.
    public static func excluding(_ value: ColumnValue) -> ColumnBound {
        ColumnBound(value, isInclusive: false)
    }
}

/// A question that a column answers with the set of rows whose value satisfies it. Rows without a value
/// satisfy none.
///
/// A literal of another kind than the column's values satisfies no row; integers and floats are one kind.
public enum ColumnPredicate: Sendable {
    /// There is a value.
    case present
    /// The value equals the literal; NaN equals NaN.
    case equal(ColumnValue)
    /// The value equals one of the literals.
    case `in`([ColumnValue])
    /// The value lies between the bounds; a bound that is `nil` does not limit. NaN lies in no range, and a
    /// range with a bound of NaN is empty.
    case range(lower: ColumnBound?, upper: ColumnBound?)
    /// The value is a string that the closure accepts. It is asked once for each different string, in no
    /// order, also for strings that no row holds any more.
    case matching(@Sendable (String) -> Bool)
    /// The value is a number whose integer part leaves this remainder, of the sign of the value, when divided
    /// by `divisor`. A divisor of 0 satisfies no row; nor do NaN, infinities, and floats beyond 64-bit
    /// integers.
    case modulo(divisor: Int64, remainder: Int64)

    /// The value is greater than the literal.
    public static func greater(than value: ColumnValue) -> ColumnPredicate {
        .range(lower: .excluding(value), upper: nil)
    }
    /// The value is the literal or greater.
    public static func atLeast(_ value: ColumnValue) -> ColumnPredicate {
        .range(lower: .including(value), upper: nil)
    }
    /// The value is less than the literal.
    public static func less(than value: ColumnValue) -> ColumnPredicate {
        .range(lower: nil, upper: .excluding(value))
    }
    /// The value is the literal or less.
    public static func atMost(_ value: ColumnValue) -> ColumnPredicate {
        .range(lower: nil, upper: .including(value))
    }
}
