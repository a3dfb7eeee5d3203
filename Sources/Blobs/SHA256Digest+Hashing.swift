public import Base
import struct Crypto.SHA256

extension SHA256Digest {
    /// The digest of `bytes`.
    public init(hashing bytes: RawSpan) {
        var hasher = BlobHasher()
        hasher.update(bytes)
        self = hasher.finish()
    }

    /// The digest of `bytes`.
    public init(hashing bytes: [UInt8]) {
        self.init(hashing: bytes.span.bytes)
    }
}

/// SHA-256 of bytes that arrive piece by piece.
public struct BlobHasher: Sendable {
    private var hash = SHA256()

    public init() {}

    /// Takes in the next piece.
    public mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The digest of all pieces so far, in their order.
    public func finish() -> SHA256Digest {
        // SHA-256 has 32 bytes, which is all that the initializer asks.
        hash.finalize().withUnsafeBytes { SHA256Digest(bytes: $0)! }
    }
}
