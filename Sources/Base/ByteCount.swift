/// A number of bytes.
public struct ByteCount: Sendable, Hashable, Comparable, CustomStringConvertible {
    public var bytes: Int

    public init(_ bytes: Int) { self.bytes = bytes }

    /// `count` times 1,024 bytes.
    public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    /// `count` times 1,048,576 bytes.
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }
    /// `count` times 1,073,741,824 bytes.
    public static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

    /// Reads `1048576`, `64k`, `256MB`, `2GiB`: decimal units by 1,000, binary ones (`KiB`, `MiB`, `GiB`,
    /// `TiB`) by 1,024, a bare letter as the decimal unit; `nil` for anything else, negatives and overflow
    /// included.
    public init?(parsing text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let factors = [
            "": 1, "b": 1, "k": 1_000, "kb": 1_000, "m": 1_000_000, "mb": 1_000_000, "g": 1_000_000_000,
            "gb": 1_000_000_000, "t": 1_000_000_000_000, "tb": 1_000_000_000_000, "kib": 1 << 10,
            "mib": 1 << 20,
            "gib": 1 << 30, "tib": 1 << 40,
        ]
        guard let factor = factors[text.dropFirst(digits.count).lowercased()] else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.init(bytes)
    }

    /// For people: `512 B`, `83.2 kB`, `1.2 GB`, decimal units as disks are sold in.
    public var description: String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        var amount = Double(bytes)
        var unit = 0
        while abs(amount) >= 999.95, unit < units.count - 1 {
            amount /= 1_000
            unit += 1
        }
        guard unit > 0 else { return "\(bytes) B" }
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) \(units[unit])"
    }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    /// The sum of both.
    public static func + (left: ByteCount, right: ByteCount) -> ByteCount {
        ByteCount(left.bytes + right.bytes)
    }
}
