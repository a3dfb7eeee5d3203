/// The parts of JSON text, written to memory that the caller has made sure of: for answers of many values,
/// where asking an array for room at each would cost more than the value. Each returns how many bytes it
/// wrote.
public enum JSONText {
    /// What a number takes at most.
    public static let numberByteCount = 32

    /// What the string of `count` bytes takes at most, quotes included: each byte as `\u00XX`, and what is
    /// copied beyond it by eights.
    public static func stringByteCount(_ count: Int) -> Int { count * 6 + 16 }

    /// An integer's digits; at most ``numberByteCount`` bytes.
    public static func write(_ number: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
        var out = out
        var length = 0
        if number < 0 {
            out.pointee = UInt8(ascii: "-")
            out += 1
            length = 1
        }
        return length + write(digitsOf: number.magnitude, to: out)
    }

    /// The shortest digits that read back as the same float, as `Double.description` has them, `null` for
    /// what is not finite; at most ``numberByteCount`` bytes.
    public static func write(_ number: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if let length = writeDecimal(number, to: out) { return length }
        guard number.isFinite else { return write("null", to: out) }
        var length = 0
        for byte in number.description.utf8 {
            out[length] = byte
            length += 1
        }
        return length
    }

    /// A string in quotes, escaped where RFC 8259 demands it; at most ``stringByteCount(_:)`` bytes.
    public static func write(_ utf8: UnsafeRawBufferPointer, to start: UnsafeMutablePointer<UInt8>) -> Int {
        var out = start
        out.pointee = UInt8(ascii: "\"")
        out += 1
        var place = 0
        while place < utf8.count {
            if place + 8 <= utf8.count {
                let eight = utf8.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                if !needsEscape(eight) {
                    UnsafeMutableRawPointer(out).storeBytes(of: eight, as: UInt64.self)
                    out += 8
                    place += 8
                    continue
                }
            }
            let end = min(place + 8, utf8.count)
            while place < end {
                out += write(byte: utf8[place], to: out)
                place += 1
            }
        }
        out.pointee = UInt8(ascii: "\"")
        return out + 1 - start
    }

    /// ASCII as it is.
    public static func write(_ text: StaticString, to out: UnsafeMutablePointer<UInt8>) -> Int {
        out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }

    // MARK: - Private

    private static func write(digitsOf magnitude: UInt64, to out: UnsafeMutablePointer<UInt8>) -> Int {
        var length = 1
        var bound: UInt64 = 10
        while length < 20, magnitude >= bound {
            length += 1
            bound = length < 20 ? bound &* 10 : .max
        }
        write(magnitude, count: length, to: out)
        return length
    }

    /// The last `count` digits of `number`.
    @inline(__always)
    private static func write(_ number: UInt64, count: Int, to out: UnsafeMutablePointer<UInt8>) {
        var rest = number
        var place = count
        while place > 0 {
            place &-= 1
            out[place] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// A float of few decimals, as measurements and confidences are, which needs no search for its shortest
    /// digits: if `k / 10^e`, rounded, is the float and `k` has at most 15 digits, then no other decimal of
    /// at most 15 digits is read back as it, so that `k` without its trailing zeros is the shortest. `nil`
    /// for others, and for those that `description` writes with an exponent.
    private static func writeDecimal(_ number: Double, to start: UnsafeMutablePointer<UInt8>) -> Int? {
        let magnitude = number.magnitude
        guard magnitude >= 1e-3, magnitude < 1e9 else { return nil }
        var exponent = 4
        var power: Double = 1e4
        var scaled = (magnitude * power).rounded()
        if scaled / power != magnitude {
            exponent = 9
            power = 1e9
            guard magnitude < 1e6 else { return nil }
            scaled = (magnitude * power).rounded()
            guard scaled / power == magnitude, scaled < 1e15 else { return nil }
        }
        var digits = UInt64(scaled)
        while exponent > 1, digits % 10 == 0 {
            digits /= 10
            exponent -= 1
        }
        var divisor: UInt64 = 1
        for _ in 0..<exponent { divisor &*= 10 }
        var out = start
        if number < 0 {
            out.pointee = UInt8(ascii: "-")
            out += 1
        }
        out += write(digitsOf: digits / divisor, to: out)
        out.pointee = UInt8(ascii: ".")
        write(digits % divisor, count: exponent, to: out + 1)
        return out + 1 + exponent - start
    }

    /// Whether one of eight bytes is a quote, a backslash or a control character.
    @inline(__always)
    private static func needsEscape(_ bytes: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = bytes ^ (ones &* 0x22)
        let backslashes = bytes ^ (ones &* 0x5C)
        let controls = (bytes &- ones &* 0x20) & ~bytes
        return (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes)
            & (ones &* 0x80) != 0
    }

    private static func write(byte: UInt8, to out: UnsafeMutablePointer<UInt8>) -> Int {
        switch byte {
        case UInt8(ascii: "\""): return write("\\\"", to: out)
        case UInt8(ascii: "\\"): return write("\\\\", to: out)
        case 0x0A: return write("\\n", to: out)
        case 0x0D: return write("\\r", to: out)
        case 0x09: return write("\\t", to: out)
        case 0x08: return write("\\b", to: out)
        case 0x0C: return write("\\f", to: out)
        case 0..<0x20:
            let length = write("\\u00", to: out)
            for (place, digit) in Hex.encode(CollectionOfOne(byte)).utf8.enumerated() {
                out[length + place] = digit
            }
            return length + 2
        default:
            out.pointee = byte
            return 1
        }
    }
}
