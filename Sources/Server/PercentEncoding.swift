/// Percent-encoding as RFC 3986 has it for paths, and with `+` for spaces as forms have it in queries.
enum PercentEncoding {
    /// The text that `encoded` stands for; `nil` for a stray `%` or bytes that are no UTF-8.
    static func decode(_ encoded: some StringProtocol) -> String? { decode(encoded, plusIsSpace: false) }

    /// The same, `+` read as a space.
    static func decodeForm(_ encoded: some StringProtocol) -> String? { decode(encoded, plusIsSpace: true) }

    /// `text` with everything but unreserved characters encoded.
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static func decode(_ encoded: some StringProtocol, plusIsSpace: Bool) -> String? {
        // Most texts stand for themselves.
        guard
            encoded.utf8.contains(where: { $0 == UInt8(ascii: "%") || plusIsSpace && $0 == UInt8(ascii: "+") }
            )
        else { return String(encoded) }
        var bytes: [UInt8] = []
        var rest = Substring(encoded).utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexValue),
                    let low = rest.popFirst().flatMap(hexValue)
                else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(0x20)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
