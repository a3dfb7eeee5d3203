/// Unicode's simple case folding: which scalars differ in case alone.
///
/// Computed from the standard library's case mappings, once, when the first caseless pattern is read: two
/// scalars are one where the lower case of their upper case is. The dotted and the dotless i stand alone, as
/// CaseFolding.txt has it outside Turkic languages.
enum CaseFolding {
    /// Beyond these planes' parts no scalar has case.
    private static let cased: [ClosedRange<UInt32>] = [
        0x41...0x587, 0x10A0...0x2DFF, 0xA640...0xABFF, 0xFB00...0xFF5A,
        0x10400...0x10FFF, 0x11800...0x118FF, 0x16E00...0x16EFF, 0x1E900...0x1E9FF,
    ]

    /// All scalars that differ from one another in case alone, for each scalar that has such.
    private static let classes: [UInt32: [UInt32]] = {
        var members: [UInt32: [UInt32]] = [:]
        for range in cased {
            for number in range {
                guard let scalar = Unicode.Scalar(number) else { continue }
                let folded = fold(scalar)
                if folded != number { members[folded, default: [folded]].append(number) }
            }
        }
        var classes: [UInt32: [UInt32]] = [:]
        for variants in members.values {
            for variant in variants { classes[variant] = variants }
        }
        return classes
    }()

    /// The scalars that `scalar` is one with, itself included.
    static func variants(of scalar: UInt32) -> [UInt32] { classes[scalar] ?? [scalar] }

    /// `ranges`, and all scalars that are one with any of theirs.
    static func closed(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var closed = ranges
        for range in ScalarSet.merged(ranges) {
            if range.count <= classes.count {
                for scalar in range { closed += (classes[scalar] ?? []).map { $0...$0 } }
            } else {
                for (scalar, variants) in classes where range.contains(scalar) {
                    closed += variants.map { $0...$0 }
                }
            }
        }
        return closed
    }

    private static func fold(_ scalar: Unicode.Scalar) -> UInt32 {
        if scalar.value == 0x130 || scalar.value == 0x131 { return scalar.value }
        let upper = single(scalar.properties.uppercaseMapping) ?? scalar
        return (single(upper.properties.lowercaseMapping) ?? upper).value
    }

    private static func single(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
}
