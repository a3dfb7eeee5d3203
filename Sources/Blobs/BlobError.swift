import Base
import Glibc
import SystemPackage

/// An error thrown by the blob layer.
///
/// Callers switch on ``code``; people read ``message``, which names the file or the record at fault.
public struct BlobError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, coarse enough to act on.
    public enum Code: String, Sendable {
        /// Stored bytes do not match their checksum or digest, or a record is cut short. They are not served.
        case corrupt
        /// A pack, a large file or a referenced file is not there.
        case missing
        /// A referenced file is there, but no longer holds the bytes that were recorded.
        case changed
        /// The disk, the quota or the file size limit is exhausted.
        case noSpace
        /// The store was opened for reading, or its directory may not be written to.
        case readOnly
        /// Somebody else writes here, or garbage collection and a backup would meet.
        case busy
        /// The caller asked for what makes no sense: a range outside the blob, a malformed location.
        case invalid
        /// Written by a newer version, or a kind of location that this implementation does not read.
        case unsupported
        /// The operating system reported another failure.
        case io
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

extension BlobError {
    /// What a system call's error number means here: `cannot write /x/00000001.pack: No space left on
    /// device`.
    static func system(_ number: CInt, _ action: FileAction, _ path: FilePath) -> BlobError {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: .noSpace
            case EROFS: .readOnly
            case EACCES, EPERM: action.changesFiles ? .readOnly : .io
            case ENOENT, ENOTDIR: .missing
            default: .io
            }
        let errno = Errno(rawValue: number)
        return BlobError(code, "cannot \(action.rawValue) \(path.string): \(errno)", cause: errno)
    }

    /// A record of a pack that must not be served.
    static func corrupt(pack: UInt32, at offset: Int, _ digest: SHA256Digest, _ what: String) -> BlobError {
        BlobError(.corrupt, "pack \(pack) at \(offset), blob \(digest): \(what)")
    }

    static let closedToWriting = BlobError(.readOnly, "the blobs are opened for reading only")
}

/// What was being done to a file when it failed; the raw value stands in the message.
enum FileAction: String {
    case open, read, list, inspect
    case create, write, truncate, sync, rename, remove, lock

    var changesFiles: Bool {
        switch self {
        case .open, .read, .list, .inspect: false
        case .create, .write, .truncate, .sync, .rename, .remove, .lock: true
        }
    }
}
