/// The host of a URL: a name of DNS, or an address.
enum HostName {
    /// The one spelling of a host: lower case, no dot at the end; of an IPv6 address what `inet_ntop` writes,
    /// without brackets.
    ///
    /// What ends in a number must be an IPv4 address in four decimal parts. Some readers take `0x7f.1`,
    /// `017700000001` and `2130706433` for 127.0.0.1 too; a text that two readers read differently is
    /// refused.
    /// - Throws: ``FetchFailure/Code/invalidURL``.
    static func normalised(_ bytes: ArraySlice<UInt8>) throws(FetchFailure) -> String {
        func refusal(_ message: String) -> FetchFailure { FetchFailure(.invalidURL, message) }
        if bytes.first == UInt8(ascii: "[") {
            let text = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
            guard let address = IPAddress(text), address.isIPv6 else {
                throw refusal("'[\(text.prefix(60))]' is no IPv6 address")
            }
            return address.description
        }
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw refusal(
                "the host '\(String(decoding: bytes.prefix(60), as: UTF8.self))' is not ASCII: write it in its xn-- form"
            )
        }
        var name = String(decoding: bytes, as: UTF8.self).lowercased()
        if name.hasSuffix("."), name.utf8.count > 1 { name.removeLast() }
        guard !name.isEmpty else { throw refusal("the URL has no host") }
        guard name.utf8.count <= 253 else {
            throw refusal("the host has \(name.utf8.count) bytes, the limit is 253")
        }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for label in labels {
            guard (1...63).contains(label.count), label.allSatisfy(isOfLabel) else {
                throw refusal("'\(name.prefix(60))' is no name of a host")
            }
        }
        if let last = labels.last, isNumber(last), IPAddress(name) == nil {
            throw refusal(
                "the host '\(name.prefix(60))' ends in a number and is no IPv4 address in four parts")
        }
        return name
    }

    private static func isOfLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Decimal digits, or hexadecimal ones behind `0x`.
    private static func isNumber(_ label: Substring.UTF8View) -> Bool {
        if label.allSatisfy({ (0x30...0x39).contains($0) }) { return true }
        guard label.starts(with: "0x".utf8) else { return false }
        return label.dropFirst(2).allSatisfy { PercentText.digit($0) != nil }
    }
}
