/// Which addresses may be connected to.
public struct AddressPolicy: Sendable {
    /// Whether an address may be connected to.
    public let allows: @Sendable (IPAddress) -> Bool

    public init(allows: @escaping @Sendable (IPAddress) -> Bool) { self.allows = allows }

    /// Every address: for servers of one's own.
    public static let everything = AddressPolicy { _ in true }

    /// Only what is reachable from all of the internet, by IANA's registries of special-purpose addresses
    /// (https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, RFC
    /// 6890).
    ///
    /// Where the registries single out addresses that are reachable within a range that is not (192.0.0.9,
    /// parts of 2001::/23), the whole range is refused: none of these serves pictures. An address that
    /// carries an IPv4 address for a translator (64:ff9b::/96, RFC 6052) is judged by that one; other such
    /// forms (mapped, 6to4, Teredo) are refused.
    public static let globallyRoutable = AddressPolicy { address in
        guard address.isIPv6 else { return !special4.contains { $0.contains(address) } }
        if translated.contains(where: { $0.contains(address) }) {
            let embedded = IPAddress(ipv4: UInt32(truncatingIfNeeded: address.bits))
            return !special4.contains { $0.contains(embedded) }
        }
        return allocated6.contains { $0.contains(address) } && !special6.contains { $0.contains(address) }
    }

    private static let special4 = ranges(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")
    /// What IANA gives out to networks; outside of it there are no hosts to ask.
    private static let allocated6 = ranges("2000::/3")
    private static let special6 = ranges("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
    private static let translated = ranges("64:ff9b::/96")

    private static func ranges(_ texts: String...) -> [AddressRange] {
        texts.map { text in
            guard let range = AddressRange(text) else { preconditionFailure("\(text) is no range") }
            return range
        }
    }
}
