import CColumns

/// The instruction sets that the kernels are compiled for.
enum KernelLevel: Int32, CaseIterable {
    case portable = 0
    case avx2 = 1
    case avx512 = 2

    /// The best that this processor has.
    static var best: KernelLevel { KernelLevel(rawValue: fovea_columns_best_level()) ?? .portable }

    /// Runs `body` with this thread's kernels forced to `level`, so that tests reach all of them.
    static func forcing<Result>(_ level: KernelLevel, _ body: () throws -> Result) rethrows -> Result {
        fovea_columns_force_level(level.rawValue)
        defer { fovea_columns_force_level(-1) }
        return try body()
    }
}

/// A mutable run of words that bits are written to.
typealias BitBuffer = UnsafeMutablePointer<UInt64>

/// How many words hold `count` bits.
@inline(__always)
func wordCount(forBits count: Int) -> Int { (count + 63) / 64 }

extension UnsafeMutablePointer<UInt64> {
    /// Sets the first `count` bits and clears the rest of the last word they reach.
    func setBits(_ count: Int) {
        for word in 0..<(count / 64) { self[word] = .max }
        if count % 64 != 0 { self[count / 64] = (1 << UInt64(count % 64)) - 1 }
    }

    /// Clears the bits of the last word from bit `count` on.
    func clearTail(after count: Int) {
        if count % 64 != 0 { self[count / 64] &= (1 << UInt64(count % 64)) - 1 }
    }
}

extension UnsafePointer<UInt64> {
    /// Calls `body` with the place of each bit that is set in the first `words` words.
    @inline(__always)
    func forEachBit(words: Int, _ body: (Int) -> Void) {
        for index in 0..<words {
            var rest = self[index]
            while rest != 0 {
                body(index &* 64 &+ rest.trailingZeroBitCount)
                rest &= rest &- 1
            }
        }
    }

    @inline(__always)
    func isSet(_ place: Int) -> Bool { self[place >> 6] >> UInt64(place & 63) & 1 == 1 }
}
