public import Catalog

/// A part of all labels, chosen by chance: whether a label is in it depends on its number and the seed alone,
/// so that it stays the same while labels are added.
public struct LabelSample: Sendable, Hashable {
    /// In `0...100`: of so many of a hundred labels, on average.
    public var percent: Double
    public var seed: UInt64

    public init(percent: Double = 100, seed: UInt64 = 0) {
        self.percent = percent
        self.seed = seed
    }

    public func contains(_ label: LabelID) -> Bool {
        LabelSample.part(label, seed: seed) < percent / 100
    }

    /// A number in `0..<1` that looks as if it came by chance, always the same for the same label and seed.
    ///
    /// The mixing step of SplitMix64 (Steele, Lea and Flood, 2014), over both.
    static func part(_ label: LabelID, seed: UInt64) -> Double {
        func mixed(_ number: UInt64) -> UInt64 {
            var mixed = number &+ 0x9E37_79B9_7F4A_7C15
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        let bits = mixed(mixed(seed) ^ UInt64(bitPattern: label))
        return Double(bits >> 11) / Double(UInt64(1) << 53)
    }
}
