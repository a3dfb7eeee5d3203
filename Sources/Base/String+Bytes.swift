#if canImport(Glibc)
    import Glibc
#endif

/// Text as its UTF-8 bytes. Swift's own `==` and `<` go by canonical equivalence, which equates a composed
/// `é` with `e` and a combining accent: other programs, and the files that we keep, tell the two apart.
extension String {
    /// Calls `body` with the UTF-8 bytes, without a copy on the heap.
    @inlinable
    public func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        // Only a string bridged from another runtime has no contiguous bytes; Linux knows none.
        utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
    }

    /// Whether both strings are the same bytes.
    public func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return withBytes { bytes in
            other.withBytes { others in
                guard let start = bytes.baseAddress, let otherStart = others.baseAddress else { return true }
                return memcmp(start, otherStart, bytes.count) == 0
            }
        }
    }

    /// The order of the bytes: negative, zero or positive as this string stands before, with or after
    /// `other`. It is also the order of the Unicode scalars.
    public func compareBytes(to other: String) -> Int {
        withBytes { bytes in
            other.withBytes { others in
                let shared = min(bytes.count, others.count)
                if shared > 0, let start = bytes.baseAddress, let otherStart = others.baseAddress {
                    let order = memcmp(start, otherStart, shared)
                    if order != 0 { return Int(order) }
                }
                return bytes.count - others.count
            }
        }
    }

    /// Feeds the bytes and an end mark to `hasher`: the hash that goes with ``hasSameBytes(as:)``.
    public func hashBytes(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
