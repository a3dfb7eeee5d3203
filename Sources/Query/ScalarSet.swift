/// A set of Unicode scalars: a class of a pattern.
struct ScalarSet: Sendable {
    /// Sorted, apart from one another.
    private let ranges: [ClosedRange<UInt32>]
    private let categories: CategorySet
    /// Classes within this one, such as `\W` in `[\W_]`.
    private let parts: [ScalarSet]
    private let isNegated: Bool
    /// The answer for each ASCII scalar.
    private var ascii: (low: UInt64, high: UInt64)

    init(
        _ ranges: [ClosedRange<UInt32>], categories: CategorySet = [], parts: [ScalarSet] = [],
        isNegated: Bool = false
    ) {
        self.ranges = ScalarSet.merged(ranges)
        self.categories = categories
        self.parts = parts
        self.isNegated = isNegated
        ascii = (0, 0)
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        for scalar in UInt32(0)..<64 where slowlyContains(scalar) { bits.low |= 1 << UInt64(scalar) }
        for scalar in UInt32(64)..<128 where slowlyContains(scalar) { bits.high |= 1 << UInt64(scalar - 64) }
        ascii = bits
    }

    /// All that are not in this set.
    var negated: ScalarSet { ScalarSet(ranges, categories: categories, parts: parts, isNegated: !isNegated) }

    @inline(__always)
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return ascii.low >> UInt64(scalar) & 1 == 1 }
        if scalar < 128 { return ascii.high >> UInt64(scalar &- 64) & 1 == 1 }
        return slowlyContains(scalar)
    }

    /// The same scalars in ranges that are sorted and apart from one another.
    static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    // MARK: - Private

    private func slowlyContains(_ scalar: UInt32) -> Bool { holds(scalar) != isNegated }

    private func holds(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].lowerBound <= scalar { return true }
        if !categories.isEmpty, let unicode = Unicode.Scalar(scalar),
            categories.contains(CategorySet(unicode.properties.generalCategory))
        {
            return true
        }
        return parts.contains { $0.contains(scalar) }
    }
}

/// The classes that have names.
extension ScalarSet {
    static let noNewline = ScalarSet([0x0A...0x0A], isNegated: true)
    static let everything = ScalarSet([0...0x10FFFF])
    static let digits = ScalarSet([0x30...0x39])
    static let words = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let spaces = ScalarSet([0x09...0x0D, 0x20...0x20])
    static let unicodeDigits = ScalarSet([], categories: .named["Nd"] ?? [])
    static let unicodeWords = ScalarSet(
        [0x5F...0x5F], categories: CategorySet.named["L"]?.union(CategorySet.named["N"] ?? []) ?? [])
    static let unicodeSpaces = ScalarSet(
        [0x09...0x0D, 0x20...0x20, 0x85...0x85, 0x180E...0x180E], categories: .named["Z"] ?? [])
    static let horizontalSpaces = ScalarSet([
        0x09...0x09, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200A,
        0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000,
    ])
    static let verticalSpaces = ScalarSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])

    /// POSIX's classes, in the C locale.
    static let posix: [String: ScalarSet] = [
        "alpha": ScalarSet([0x41...0x5A, 0x61...0x7A]), "lower": ScalarSet([0x61...0x7A]),
        "upper": ScalarSet([0x41...0x5A]), "alnum": ScalarSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
        "ascii": ScalarSet([0...0x7F]), "blank": ScalarSet([0x09...0x09, 0x20...0x20]),
        "cntrl": ScalarSet([0...0x1F, 0x7F...0x7F]), "digit": digits, "graph": ScalarSet([0x21...0x7E]),
        "print": ScalarSet([0x20...0x7E]),
        "punct": ScalarSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]), "space": spaces,
        "word": words,
        "xdigit": ScalarSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]
}
