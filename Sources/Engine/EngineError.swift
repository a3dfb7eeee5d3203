import Base

/// An error of the engine: the one kind that faces turn into HTTP statuses and exit codes.
///
/// Callers switch on ``code``; people read ``message``, which names the thing and says what to do.
public struct EngineError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable, CaseIterable {
        /// The request itself is wrong; ``EngineError/path`` says where, if it has parts.
        case invalidRequest = "invalid_request"
        /// The filter is wrong; ``EngineError/path`` is the JSON path of what is.
        case invalidFilter = "invalid_filter"
        /// An operation or its parameters are wrong.
        case invalidOperation = "invalid_operation"
        /// The bytes are no image that we read.
        case unsupportedMedia = "unsupported_media"
        /// There is no such store, class, entity or blob.
        case notFound = "not_found"
        /// It was there, and is deleted or its referenced file is gone.
        case gone = "gone"
        /// It contradicts what the store holds, or another process holds the store.
        case conflict = "conflict"
        /// Nobody has logged in, or not with these words, or the session is over.
        case unauthenticated = "unauthenticated"
        /// Whoever asks may not do that.
        case forbidden = "forbidden"
        /// Too many logins have failed; the message says when to try again.
        case tooManyAttempts = "too_many_attempts"
        /// It was asked more often than is allowed; the message says when to ask again.
        case rateLimited = "rate_limited"
        /// Another server, which was asked for it, did not give it.
        case unreachable = "unreachable"
        /// It took longer than it may.
        case timedOut = "timed_out"
        /// The store is open for reading only.
        case readOnly = "read_only"
        /// It would cost more than the limits allow.
        case limitExceeded = "limit_exceeded"
        /// The caller gave up.
        case cancelled = "cancelled"
        /// Too much is waiting already; try again.
        case overloaded = "overloaded"
        /// The disk is full. Nothing of the request was stored.
        case diskFull = "disk_full"
        /// Stored bytes differ from their checksum. They are not served.
        case corrupt = "corrupt"
        /// The store was written by a newer version of the program.
        case newerFormat = "newer_format"
        /// Reading or writing failed for another reason.
        case failed = "failed"
    }

    public var code: Code
    public var message: String
    /// Where in the request: a JSON path such as `$and[1].width.$gt`.
    public var path: String?
    /// The error underneath, if another layer reported one.
    public var cause: (any Error)?
    /// After how long it is of use to ask again, where that is known; until then it fails in the same way.
    public var retryAfter: Duration?

    public init(
        _ code: Code, _ message: String, path: String? = nil, cause: (any Error)? = nil,
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.path = path
        self.cause = cause
        self.retryAfter = retryAfter
    }

    /// Whatever was thrown as an error that can be shown.
    public init(reporting error: any Error) {
        switch error {
        case let error as EngineError: self = error
        case is CancellationError, is CancelledError: self.init(.cancelled, "the client left")
        case let error as BlockingPool.Overloaded: self.init(.overloaded, error.description, cause: error)
        default: self.init(.failed, "\(error)", cause: error)
        }
    }

    /// The message and where in the request; what concerns the request as a whole has the empty path.
    public var description: String {
        guard let path, !path.isEmpty else { return message }
        return "\(message) (at \(path))"
    }
}
