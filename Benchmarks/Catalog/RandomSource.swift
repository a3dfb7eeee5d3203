import Glibc

/// Numbers that are the same in every run: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
/// number generators", 2014).
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// In `0..<1`, with all bits that a float has.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func below(_ limit: Int) -> Int { Int(unit() * Double(limit)) }

    /// Of the normal distribution (Box and Muller, 1958).
    mutating func normal() -> Double { (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit()) }

    /// `count` different numbers below `limit`, in the order in which they were drawn.
    mutating func choose(_ count: Int, below limit: Int) -> [Int] {
        var chosen: [Int] = []
        while chosen.count < count {
            let number = below(limit)
            if !chosen.contains(number) { chosen.append(number) }
        }
        return chosen
    }
}

/// Draws ranks whose frequency falls as 1 / rank.
struct ZipfRanks {
    private let sums: [Double]

    init(count: Int) {
        var sum = 0.0
        sums = (1...count).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }

    /// A rank, the most frequent being 0.
    func draw(_ random: inout RandomSource) -> Int {
        let wanted = random.unit() * sums[sums.count - 1]
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
