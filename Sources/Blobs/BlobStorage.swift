public import Base
public import SystemPackage

/// A place that keeps bytes under their SHA-256: local disk here, another service in another target.
///
/// All parameters and results are values. Every call blocks until it is done; every call may come from any
/// thread.
public protocol BlobStorage: Sendable {
    associatedtype Reader: BlobReading

    /// Stores `bytes`; durable only after ``sync()``.
    ///
    /// - Parameter digest: The SHA-256 of `bytes`, if the caller has computed it; it is trusted.
    func put(_ bytes: RawSpan, digest: SHA256Digest?) throws(BlobError) -> StoredBlob

    /// Stores the content of a file, however large; durable only after ``sync()``.
    ///
    /// - Parameter digest: The SHA-256 that the content must have, if known.
    /// - Throws: ``BlobError``; `CancelledError`.
    func putFile(
        _ path: FilePath, digest: SHA256Digest?, cancellation: Cancellation
    ) throws -> StoredBlob

    /// Makes durable whatever was put before this call. Concurrent calls share the cost.
    func sync() throws(BlobError)

    /// The bytes of a blob, or those of a range of it, checked against their checksums.
    func read(_ blob: StoredBlob, range: Range<Int>?) throws(BlobError) -> [UInt8]

    /// Reads a blob piece by piece, for what is too large to hold.
    ///
    /// - Throws: ``BlobError``; `CancelledError`.
    func reader(_ blob: StoredBlob, cancellation: Cancellation) throws -> Reader

    /// Reads each blob and reports those that are not what they should be.
    ///
    /// - Throws: `CancelledError` only.
    func verify(
        _ blobs: some Sequence<StoredBlob>, cancellation: Cancellation,
        progress: (BlobProgress) -> Void
    ) throws -> [BlobFinding]
}

/// One blob, read piece by piece; every piece is checked before it is handed out.
public protocol BlobReading: Sendable {
    /// The blob's length in bytes.
    var length: Int { get }

    /// The bytes of `range`, which must lie in `0..<length`.
    func read(_ range: Range<Int>) throws(BlobError) -> [UInt8]
}
