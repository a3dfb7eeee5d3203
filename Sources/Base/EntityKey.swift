/// The 96-bit key of an entity, the same in every store it is copied to: 4 bytes of Unix time, then 8 random.
///
/// The layout is that of MongoDB's ObjectId, so that Cortex's `PT::<24 hex digits>` is this key in text.
public struct EntityKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970, the first four bytes.
    public var seconds: UInt32
    /// The last eight bytes.
    public var random: UInt64

    public init(seconds: UInt32, random: UInt64) {
        self.seconds = seconds
        self.random = random
    }

    /// A fresh key for an entity first seen at `time`.
    public init(at time: DateTime) {
        self.init(
            seconds: UInt32(clamping: time.microseconds / 1_000_000),
            random: UInt64.random(in: 0...UInt64.max))
    }

    /// The 12 bytes, big-endian.
    public var bytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (24 - 8 * UInt32($0))) }
            + (0..<8).map { UInt8(truncatingIfNeeded: random >> (56 - 8 * UInt64($0))) }
    }

    /// Reads 12 bytes, big-endian; `nil` for another count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 12 else { return nil }
        seconds = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        random = bytes.dropFirst(4).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// 24 lower-case hexadecimal digits.
    public var description: String { Hex.encode(bytes) }

    public static func < (left: EntityKey, right: EntityKey) -> Bool {
        (left.seconds, left.random) < (right.seconds, right.random)
    }
}
