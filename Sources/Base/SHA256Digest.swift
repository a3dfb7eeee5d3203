/// A SHA-256 digest: the name of a blob. This type holds it; hashing is `Blobs`' work.
public struct SHA256Digest: Sendable, Hashable, Comparable, CustomStringConvertible {
    private var words: (UInt64, UInt64, UInt64, UInt64)

    /// Reads 32 bytes; `nil` for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var rest = bytes.makeIterator()
        func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(rest.next() ?? 0) } }
        words = (word(), word(), word(), word())
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
