/// A SHA-256 digest: the name of a blob. This type holds it; hashing is `Blobs`' work.
public struct SHA256Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Reads 32 bytes; `nil` for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        // Every row of an image has a digest. Bytes that lie together are read as words: one by one, through
        // the generic collection, they cost as much as the rest of the row.
        if let words = bytes.withContiguousStorageIfAvailable(SHA256Digest.words) {
            self.words = words
        } else {
            words = Array(bytes).withUnsafeBufferPointer(SHA256Digest.words)
        }
    }

    private static func words(_ bytes: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64, UInt64, UInt64) {
        let raw = UnsafeRawBufferPointer(bytes)
        func word(_ place: Int) -> UInt64 {
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
        }
        return (word(0), word(1), word(2), word(3))
    }

    /// Reads 64 hexadecimal digits, either case; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard let bytes = Hex.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            for (index, word) in [words.0, words.1, words.2, words.3].enumerated() {
                for place in 0..<8 {
                    buffer[index * 8 + place] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * place))
                }
            }
            count = 32
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hex.encode(bytes) }

    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words == right.words }
    public static func < (left: SHA256Digest, right: SHA256Digest) -> Bool { left.words < right.words }
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}
