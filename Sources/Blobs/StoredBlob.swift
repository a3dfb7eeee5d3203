public import Base

/// A blob and where it is: one row of the table from digest to location.
public struct StoredBlob: Sendable, Hashable {
    /// The SHA-256 of its bytes: its name.
    public var digest: SHA256Digest
    public var location: BlobLocation

    public init(digest: SHA256Digest, location: BlobLocation) {
        self.digest = digest
        self.location = location
    }
}

/// A blob that did not pass verification, and why.
public struct BlobFinding: Error, Sendable, CustomStringConvertible {
    public var blob: StoredBlob
    public var error: BlobError

    public init(blob: StoredBlob, error: BlobError) {
        self.blob = blob
        self.error = error
    }

    public var description: String { error.message }
}

/// How far long work over blobs has come.
public struct BlobProgress: Sendable, Hashable {
    /// Blobs, records or files dealt with.
    public var count = 0
    /// Bytes read.
    public var bytes = 0

    public init() {}
}
