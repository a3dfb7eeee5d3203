import Glibc

/// An error thrown by sets of vectors.
///
/// Callers switch on ``code``; people read ``message``, which names the file, the row or the argument at
/// fault.
public struct VectorsError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// An argument that makes no sense: dimensions that do not fit, a number that is not finite, a vector
        /// without a direction.
        case invalid
        /// More than a set can hold.
        case limitExceeded
        /// There is no such row, or no set in this directory.
        case missing
        /// A file is damaged or shorter than it must be. What it holds is not served.
        case corrupt
        /// Written by a newer version.
        case unsupported
        /// A set is there already.
        case exists
        /// The disk, the quota or the file size limit is exhausted.
        case noSpace
        /// The operating system reported another failure.
        case io
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

extension VectorsError {
    /// What a system call's error number means here: `cannot write /x/vectors.f32: No space left on device`.
    static func system(_ number: CInt, _ action: String, _ path: String) -> VectorsError {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .noSpace
            case ENOENT, ENOTDIR: .missing
            case EEXIST: .exists
            default: .io
            }
        return VectorsError(code, "cannot \(action) \(path): \(String(cString: strerror(number)))")
    }
}
