/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The bytes that `text` stands for; `nil` for what is no base64: other characters, a padding that is
    /// missing or stands within, bits that stand for nothing.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let digits = text.prefix { $0 != UInt8(ascii: "=") }
        guard text.count - digits.count <= 2, text[digits.count...].allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var (group, bitCount) = (0, 0)
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            (group, bitCount) = (group << 6 | value, bitCount + 6)
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            bytes.append(UInt8(group >> bitCount))
            group &= (1 << bitCount) - 1
        }
        return group == 0 ? bytes : nil
    }

    /// The characters that `count` bytes become.
    static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Appends the characters of `bytes`.
    static func append(_ bytes: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: encodedCount(bytes.count)))
        alphabet.withUnsafeBufferPointer { alphabet in
            bytes.withUnsafeBufferPointer { bytes in
                text.withUnsafeMutableBufferPointer { text in
                    var (place, index) = (start, 0)
                    while index + 2 < bytes.count {
                        let group =
                            Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
                        text[place] = alphabet[group >> 18]
                        text[place + 1] = alphabet[group >> 12 & 63]
                        text[place + 2] = alphabet[group >> 6 & 63]
                        text[place + 3] = alphabet[group & 63]
                        (place, index) = (place + 4, index + 3)
                    }
                    guard index < bytes.count else { return }
                    let second = index + 1 < bytes.count ? Int(bytes[index + 1]) : 0
                    let group = Int(bytes[index]) << 16 | second << 8
                    text[place] = alphabet[group >> 18]
                    text[place + 1] = alphabet[group >> 12 & 63]
                    if index + 1 < bytes.count { text[place + 2] = alphabet[group >> 6 & 63] }
                }
            }
        }
    }
}
