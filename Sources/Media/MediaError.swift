/// An error thrown by the media layer.
///
/// Callers switch on ``code``; people read ``message``, which names the format or operation at fault.
public struct MediaError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// A known format whose bytes are damaged or cut short so that nothing can be shown of it.
        case malformedInput
        /// The bytes are no image format that we know.
        case unknownFormat
        /// A known format, but a feature of it that we do not read or write.
        case unsupported
        /// The image is larger than the limit that the caller set, or than its decoder's own limits.
        case limitExceeded
        /// An operation that does not exist, or one of its parameters out of its range.
        case invalidOperation
        /// The caller gave up.
        case cancelled
        /// There is no room left where a video is written.
        case noSpace
        /// A video could not be written where it was to go.
        case notWritten
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
