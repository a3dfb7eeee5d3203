import Base
import TestSupport
import Testing

@Suite struct ByteCountTests {
    @Test(
        "amounts are read",
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("64k", 64_000), ("64K", 64_000), ("256MB", 256_000_000),
            ("2GiB", 2 << 30), ("1kib", 1_024),
            ("3b", 3), ("7tb", 7_000_000_000_000), ("1TiB", 1 << 40), ("9223372036854775807", Int.max),
        ])
    func read(text: String, expected: Int) {
        #expect(ByteCount(parsing: text)?.bytes == expected)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "k", "-1", "+1", "1.5M", "1 k", " 1", "1kbit", "9223372036854775808", "9223372036854775807k",
            "1e3", "٣k", "1KİB", "8589934592GiB",
        ])
    func refused(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test(
        "amounts are shown in decimal units",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_049, "1.0 kB"), (1_050, "1.1 kB"),
            (83_246, "83.2 kB"), (999_949, "999.9 kB"),
            (999_950, "1.0 MB"), (1_200_000_000, "1.2 GB"), (.max, "9223.4 PB"), (-1_500, "-1.5 kB"),
        ])
    func shown(bytes: Int, expected: String) {
        #expect(ByteCount(bytes).description == expected)
    }

    @Test func `counts are made, added and compared`() {
        #expect(ByteCount.kibibytes(1) == ByteCount(1_024))
        #expect(ByteCount.mebibytes(2) == ByteCount(2 << 20))
        #expect(ByteCount.gibibytes(3) == ByteCount(3 << 30))
        #expect(ByteCount(1) + ByteCount(2) == ByteCount(3))
        #expect(ByteCount(1) < ByteCount(2))
    }
}

@Suite struct CRC32CTests {
    /// RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
    @Test(
        "published vectors",
        arguments: [
            (Array("123456789".utf8), 0xE306_9283), ([], 0), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            ((0..<32).reversed(), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func vectors(bytes: [UInt8], expected: UInt32) {
        #expect(CRC32C.checksum(bytes) == expected)
        #expect(CRC32C.portableChecksum(bytes) == expected)
    }

    @Test(
        "the instruction and the table agree, at every length and alignment, whole and in pieces",
        arguments: [41, 42])
    func agreement(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) }
        for length in Array(0...80) + [255, 256, 257, 1_000, 4_000] {
            let start = Int.random(in: 0...(bytes.count - length), using: &random)
            let piece = Array(bytes[start..<start + length])
            let whole = CRC32C.checksum(piece)
            #expect(whole == CRC32C.portableChecksum(piece), "seed \(seed): \(start), \(length)")
            bytes.withUnsafeBytes { raw in
                #expect(
                    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[start..<start + length])) == whole)
            }
            let cut = Int.random(in: 0...length, using: &random)
            #expect(
                CRC32C.checksum(Array(piece[cut...]), continuing: CRC32C.checksum(Array(piece[..<cut])))
                    == whole)
            #expect(
                CRC32C.portableChecksum(
                    Array(piece[cut...]), continuing: CRC32C.portableChecksum(Array(piece[..<cut]))) == whole)
        }
    }

    @Test func `every flipped bit changes the checksum`() {
        let bytes = Array("one flipped bit in a pack".utf8)
        let whole = CRC32C.checksum(bytes)
        for place in bytes.indices {
            for bit in UInt8(0)..<8 {
                var flipped = bytes
                flipped[place] ^= 1 << bit
                #expect(CRC32C.checksum(flipped) != whole)
            }
        }
    }
}
