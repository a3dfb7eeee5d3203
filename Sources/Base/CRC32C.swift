import CChecksum

/// CRC-32C (Castagnoli), the checksum of everything we lay on disk and read back at speed.
///
/// Source: RFC 3720, appendix B.4. It finds flipped bits; it is no protection against intent: SHA-256 is.
public enum CRC32C {
    /// The checksum of `bytes`, continuing from the checksum of what came before them (0 at the start).
    public static func checksum(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
        fovea_crc32c(crc, bytes.baseAddress, bytes.count)
    }

    /// The checksum of `bytes`, continuing from the checksum of what came before them (0 at the start).
    public static func checksum(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0, continuing: crc) }
    }

    /// The same from a table, for processors without the instruction: tests compare the two.
    package static func portableChecksum(_ bytes: [UInt8], continuing crc: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { fovea_crc32c_portable(crc, $0.baseAddress, $0.count) }
    }
}
