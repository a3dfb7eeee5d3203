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
