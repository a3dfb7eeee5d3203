/// CRC-32 as zlib has it, bit by bit.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var sum = ~UInt32(0)
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 {
            let shifted = sum >> 1
            sum = sum & 1 == 1 ? shifted ^ 0xEDB8_8320 : shifted
        }
    }
    return ~sum
}
