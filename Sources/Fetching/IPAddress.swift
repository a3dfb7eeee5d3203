#if canImport(Glibc)
    import Glibc
#endif

/// An address of version 4 or 6.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    public let isIPv6: Bool
    // In halves: what is aligned to 16 bytes, as `UInt128` is, breaks the frames of asynchronous functions
    // (Swift 6.3, Linux, unoptimised): the next `await` in them resumes at no address.
    private let high: UInt64
    private let low: UInt64

    /// The address as a number: 32 bits, or 128.
    public var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    public init(ipv4 bits: UInt32) {
        isIPv6 = false
        (high, low) = (0, UInt64(bits))
    }

    public init(ipv6 bits: UInt128) {
        isIPv6 = true
        (high, low) = (UInt64(truncatingIfNeeded: bits >> 64), UInt64(truncatingIfNeeded: bits))
    }

    /// Reads `192.0.2.1`, in four decimal parts without leading zeros, or `2001:db8::1`, without a zone.
    public init?(_ text: String) {
        // As bytes: the structures of C for them belong to whichever module shows them first.
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(ipv4: UInt32(truncatingIfNeeded: IPAddress.number(bytes[..<4])))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(ipv6: IPAddress.number(bytes[...]))
        } else {
            return nil
        }
    }

    public var description: String {
        let count = isIPv6 ? 16 : 4
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: bits >> ((count - 1 - $0) * 8)) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(isIPv6 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The number that bytes in the order of the network stand for.
    static func number(_ bytes: some Sequence<UInt8>) -> UInt128 { bytes.reduce(0) { $0 << 8 | UInt128($1) } }
}

/// Addresses that begin with the same bits, such as `10.0.0.0/8`.
public struct AddressRange: Sendable, Hashable {
    private let first: IPAddress
    private let length: Int

    /// Reads `10.0.0.0/8`; `nil` for what is no range.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let first = IPAddress(String(parts[0])), let length = Int(parts[1]),
            (0...(first.isIPv6 ? 128 : 32)).contains(length)
        else { return nil }
        self.first = first
        self.length = length
    }

    /// Whether `address` is one of them.
    public func contains(_ address: IPAddress) -> Bool {
        guard address.isIPv6 == first.isIPv6 else { return false }
        let shift = UInt128((first.isIPv6 ? 128 : 32) - length)
        return address.bits >> shift == first.bits >> shift
    }
}
