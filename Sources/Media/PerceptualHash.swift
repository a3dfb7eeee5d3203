/// A 64-bit fingerprint of what an image looks like: similar pictures have hashes that differ in few bits.
///
/// The three kinds equal `imagehash` 4.3's `phash`, `dhash` and `average_hash` of the same pixels, to the
/// bit.
public struct PerceptualHash: Sendable, Hashable, CustomStringConvertible {
    /// Rows top to bottom, columns left to right, the first in the highest bit.
    public var bits: UInt64

    public init(bits: UInt64) { self.bits = bits }

    /// Reads 16 hexadecimal digits; `nil` for other text.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 16, text.utf8.first != UInt8(ascii: "+"),
            text.utf8.first != UInt8(ascii: "-"),
            let bits = UInt64(text, radix: 16)
        else { return nil }
        self.bits = bits
    }

    /// 16 hexadecimal digits.
    public var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The number of bits in which both differ, `0...64`.
    public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

    init(_ flags: some Sequence<Bool>) {
        bits = flags.reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
}
