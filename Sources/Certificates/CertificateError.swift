/// Why there is no certificate: a file that cannot be read or written, or holds something else.
public struct CertificateError: Error, Sendable, CustomStringConvertible {
    /// Names the file and says what to do.
    public var message: String
    /// The error underneath, if another layer reported one.
    public var cause: (any Error)?

    public init(_ message: String, cause: (any Error)? = nil) {
        self.message = message
        self.cause = cause
    }

    public var description: String { message }
}
