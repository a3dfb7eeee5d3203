import Base
import TestSupport
import Testing

@Suite struct JSONTextTests {
    private func text(_ write: (UnsafeMutablePointer<UInt8>) -> Int, room: Int = 4_096) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            return String(decoding: buffer[..<write(start)], as: UTF8.self)
        }
    }

    @Test func `floats are written as Swift describes them`() {
        var random = SeededGenerator(seed: 6)
        var floats: [Double] = [
            0, -0.0, 1, -1, 0.5, 0.1, 0.3, 2.5e-3, 1e-3, 9.99e-4, 123456789.1234, 999_999.999999999, 1e9,
            1e15,
            1e16, 1e22, 1e300, .leastNonzeroMagnitude, .pi, .leastNormalMagnitude, .greatestFiniteMagnitude,
            0.1 + 0.2,
            1 / 3.0,
            999_999_999.9999, 1_048_576.5, 0.7, 100.25, 4_503_599_627_370_497.5,
        ]
        for digits in 0...12 {
            for _ in 0..<300 {
                let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
                floats.append(Double(Int.random(in: -2_000_000...2_000_000, using: &random)) / scale)
                floats.append(Double(Int64.random(in: -(1 << 52)...(1 << 52), using: &random)) / scale)
            }
        }
        for _ in 0..<20_000 { floats.append(Double(bitPattern: random.next())) }
        for number in floats where number.isFinite {
            #expect(text { JSONText.write(number, to: $0) } == number.description)
        }
        #expect(text { JSONText.write(Double.nan, to: $0) } == "null")
    }

    @Test func `integers are written as Swift describes them`() {
        var random = SeededGenerator(seed: 7)
        var numbers: [Int64] = [0, -1, .max, .min, 9, 10, 99, 100, 999_999_999_999_999_999]
        for bits in 0..<64 { numbers.append(Int64(bitPattern: random.next() >> UInt64(bits))) }
        for number in numbers { #expect(text { JSONText.write(number, to: $0) } == String(number)) }
    }

    @Test func `strings are escaped wherever in them a byte needs it`() throws {
        for scalar in (0..<0x80).compactMap({ Unicode.Scalar(UInt8($0)) }) {
            for length in 0...18 {
                for place in 0...length {
                    var string = String(repeating: "x", count: place)
                    string.unicodeScalars.append(scalar)
                    string += String(repeating: "é", count: length - place)
                    let written = text { out in
                        string.withBytes { JSONText.write(UnsafeRawBufferPointer($0), to: out) }
                    }
                    #expect(try JSON.parse(written) == .string(string))
                    // Only what must be escaped is: RFC 8259, section 7.
                    let mustBe = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
                    #expect(written.contains("\\") == mustBe)
                }
            }
        }
    }

    @Test func `long strings are written whole`() throws {
        let string = String(repeating: "ab\"\u{1}é", count: 1_000)
        var writer = JSONWriter()
        writer.write(string)
        #expect(try JSON.parse(writer.bytes) == .string(string))
    }
}
