import CColumns

/// Codes of strings by the hash of their bytes: open addressing, one 32-bit slot an entry.
///
/// A slot holds `code + 1` in as many low bits as the table has index bits, and bits of the hash above them,
/// so that a string is looked at only when it is almost surely the right one. Strings lie elsewhere: callers
/// compare them.
struct StringHashTable: Sendable {
    /// Differs between processes, so that nobody can prepare strings that collide.
    static let seed = UInt64.random(in: .min ... .max)

    private var slots: [UInt32]
    private var indexBits: Int
    private(set) var count = 0

    init(minimumCapacity: Int = 0) {
        indexBits = 4
        while (1 << indexBits) / 4 * 3 < minimumCapacity { indexBits += 1 }
        slots = Array(repeating: 0, count: 1 << indexBits)
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        fovea_columns_hash(bytes.baseAddress, bytes.count, seed)
    }

    /// Whether the table holds `count` entries without growing.
    func hasRoom(for count: Int) -> Bool { count <= slots.count / 4 * 3 }
    var byteCount: Int { slots.count * 4 }

    /// The code with this hash that `isEqual` accepts.
    @inline(__always)
    func code(hash: UInt64, _ isEqual: (UInt32) -> Bool) -> UInt32? {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count &- 1
            let codeMask = UInt32(truncatingIfNeeded: mask)
            let tag = UInt32(truncatingIfNeeded: hash) & ~codeMask
            var place = Int(truncatingIfNeeded: hash >> 32) & mask
            while true {
                let slot = slots[place]
                if slot == 0 { return nil }
                if slot & ~codeMask == tag, isEqual((slot & codeMask) &- 1) { return (slot & codeMask) &- 1 }
                place = (place &+ 1) & mask
            }
        }
    }

    /// Adds a code that is not in the table. The table must not be full.
    mutating func insert(_ code: UInt32, hash: UInt64) {
        let mask = slots.count - 1
        let codeMask = UInt32(mask)
        var place = Int(truncatingIfNeeded: hash >> 32) & mask
        while slots[place] != 0 { place = (place + 1) & mask }
        slots[place] = UInt32(truncatingIfNeeded: hash) & ~codeMask | (code + 1)
        count += 1
    }
}
