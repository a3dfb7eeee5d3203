/// CRC-32 as zlib has it.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes { sum = sum >> 8 ^ remainders[Int((sum ^ UInt32(byte)) & 255)] }
    return ~sum
}

/// The remainder of each byte, bit by bit: photographs have too many bytes to do so for each of theirs.
private let remainders: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
}
