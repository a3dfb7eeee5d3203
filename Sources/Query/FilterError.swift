/// An error thrown by Query: a filter, a sort order, a projection or a pattern that cannot be understood.
///
/// Callers switch on ``code``; people read ``message``, which says what to do; ``path`` names the place.
public struct FilterError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// The text is no JSON.
        case malformedJSON
        /// A key that begins with `$` and is no operator, or none that may stand there.
        case unknownOperator
        /// An operator with a value that it cannot take, or a value of the wrong shape.
        case invalidOperand
        /// More levels, conditions, list elements or bytes than ``FilterLimits`` allow.
        case limitExceeded
    }

    /// What went wrong.
    public var code: Code
    /// What is wrong and what to do, for people.
    public var message: String
    /// The JSON path of what is wrong, such as `$and[1].width.$gt`; empty for the text as a whole.
    public var path: String
    /// Where a text stops being JSON: the offset in bytes from its start.
    public var position: Int?
    /// The error underneath, if another layer reported one.
    public var cause: (any Error)?

    /// Makes an error of the given code at `path`.
    public init(
        _ code: Code, _ message: String, path: String = "", position: Int? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.path = path
        self.position = position
        self.cause = cause
    }

    /// The message.
    public var description: String { message }
}

/// What a filter, a sort order or a projection may cost. All limits hold before memory is taken.
public struct FilterLimits: Sendable, Hashable {
    /// Bytes of a text, looked at before it is parsed.
    public var byteCount = 10_000_000
    /// Levels of conditions within one another (`$and`, `$or`, `$nor`, `$not`, `$elemMatch`, and several
    /// conditions beside each other); and, apart from these, arrays and objects within one another in a
    /// value.
    public var depth = 64
    /// Conditions of a filter: one for each operator or value that a field is held against.
    public var conditionCount = 10_000
    /// Elements of one list (`$in`, `$nin`, `$all`, `$and`, …).
    public var listCount = 100_000
    /// UTF-8 bytes of one regular expression.
    public var patternByteCount = 8_192
    /// UTF-8 bytes of one dotted path.
    public var pathByteCount = 1_024
    /// Keys of a sort order.
    public var sortKeyCount = 32

    /// The limits as they are shown; change those that should differ.
    public init() {}
}
