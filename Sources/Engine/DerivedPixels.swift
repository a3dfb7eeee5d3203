/// Pixels that an operation pipeline made of a blob, encoded: what the cache keeps and a face sends.
public struct DerivedPixels: Sendable {
    /// Encoded image or raw tensor.
    public var bytes: [UInt8]
    /// The media type, such as `image/jpeg`, or `application/octet-stream` for a tensor.
    public var contentType: String
    /// What a tensor's bytes mean: its axes, such as `[224, 224, 3]`; empty for an encoded image.
    public var shape: [Int]
    /// `uint8` or `float32` for a tensor; empty for an encoded image.
    public var elementType: String

    public init(bytes: [UInt8], contentType: String, shape: [Int] = [], elementType: String = "") {
        self.bytes = bytes
        self.contentType = contentType
        self.shape = shape
        self.elementType = elementType
    }
}

/// Names derived pixels: the content they were made of and the canonical text of what was done with it.
public struct DerivedPixelsKey: Sendable, Hashable {
    public var digest: String
    public var operations: String

    public init(digest: String, operations: String) {
        self.digest = digest
        self.operations = operations
    }

    /// A name for files and entity tags: the digest and a 64-bit FNV-1a hash of the operations.
    public var name: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in operations.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return digest + "-" + String(repeating: "0", count: 16 - String(hash, radix: 16).count)
            + String(hash, radix: 16)
    }
}
