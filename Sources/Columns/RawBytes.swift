import CColumns

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension UnsafeRawBufferPointer {
    /// Whether both hold the same bytes.
    @inline(__always)
    func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let left = baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, count) == 0
    }

    /// Negative, 0 or positive as these bytes sort before, with or after `other`; a prefix sorts first.
    @inline(__always)
    func compare(with other: UnsafeRawBufferPointer) -> Int {
        if let left = baseAddress, let right = other.baseAddress {
            let order = memcmp(left, right, Swift.min(count, other.count))
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }

    /// The first eight bytes as a number that sorts as they do.
    @inline(__always)
    var leadingNumber: UInt64 {
        if count >= 8 { return UInt64(bigEndian: loadUnaligned(as: UInt64.self)) }
        var number: UInt64 = 0
        for byte in self { number = number << 8 | UInt64(byte) }
        return count == 0 ? 0 : number << UInt64(8 * (8 - count))
    }
}
