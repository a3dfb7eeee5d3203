/// An error thrown by the columns.
///
/// Callers switch on ``code``; people read ``message``.
public struct ColumnsError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// The bytes are no snapshot of this kind, are cut short, damaged, or contradict themselves. Build
        /// anew.
        case malformedSnapshot
        /// A snapshot of a newer format than this program knows. Build anew.
        case unsupportedVersion
        /// A value of another type than the column's, or a property that the postings do not have.
        case typeMismatch
        /// A row or a count beyond what a column can hold.
        case limitExceeded
        /// An edge to be removed is not there: the postings and the caller's truth disagree. Build anew.
        case absentEdge
    }

    public var code: Code
    public var message: String
    /// The error underneath, if another layer reported one.
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message }
}
