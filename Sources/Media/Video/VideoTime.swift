/// A point in time, or a stretch of it, as an exact number of seconds: `ticks` of `timeBase` seconds each.
public struct VideoTime: Sendable, Hashable {
    public var ticks: Int64
    /// Seconds a tick, 1/90000 in transport streams.
    public var timeBase: Ratio

    public init(_ ticks: Int64, _ timeBase: Ratio) {
        self.ticks = ticks
        self.timeBase = timeBase
    }

    /// The nearest that a double can say.
    public var seconds: Double {
        Double(ticks) * Double(timeBase.numerator) / Double(timeBase.denominator)
    }
}

/// A fraction of two positive numbers: the length of a tick in seconds, frames a second, the shape of a
/// pixel.
public struct Ratio: Sendable, Hashable, CustomStringConvertible {
    /// At least 1.
    public var numerator: Int32
    /// At least 1.
    public var denominator: Int32

    /// `nil` unless both are positive.
    public init?(_ numerator: Int32, _ denominator: Int32) {
        guard numerator > 0, denominator > 0 else { return nil }
        self.numerator = numerator
        self.denominator = denominator
    }

    public var description: String { "\(numerator)/\(denominator)" }

    /// The nearest that a double can say.
    public var value: Double { Double(numerator) / Double(denominator) }
}
