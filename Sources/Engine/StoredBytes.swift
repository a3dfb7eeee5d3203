public import Base
import Blobs

/// The stored bytes that an entity stands for.
public struct StoredBytes: Sendable {
    public let digest: SHA256Digest
    public let byteCount: Int
    /// The media type, by the entity's recorded format.
    public let contentType: String
    let blob: StoredBlob
}
