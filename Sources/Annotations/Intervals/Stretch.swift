/// A stretch of the time of one stream: half-open, in whole ticks of any length (frames, microseconds).
///
/// It has at least one tick. The order is by stream, then start, then end.
public struct Stretch: Sendable, Hashable, Comparable {
    /// Which stream: stretches of different streams have nothing to do with each other.
    public let stream: UInt32
    public let start: Int64
    /// Not in it any more.
    public let end: Int64

    /// The least and the greatest tick: whole numbers that a double can say, so that differences never
    /// overflow. As microseconds they are 142 years.
    public static let bounds: ClosedRange<Int64> = -(1 << 52)...(1 << 52)

    /// - Returns: `nil` unless `start` is before `end`, and both are within ``bounds``.
    public init?(stream: UInt32 = 0, _ start: Int64, _ end: Int64) {
        guard start < end, Stretch.bounds.contains(start), Stretch.bounds.contains(end) else { return nil }
        self.stream = stream
        self.start = start
        self.end = end
    }

    /// For what is known to be right.
    init(known stream: UInt32, _ start: Int64, _ end: Int64) {
        self.stream = stream
        self.start = start
        self.end = end
    }

    /// In ticks.
    public var length: Int64 { end - start }

    public static func < (left: Stretch, right: Stretch) -> Bool {
        if left.stream != right.stream { return left.stream < right.stream }
        return left.start != right.start ? left.start < right.start : left.end < right.end
    }

    /// The same stretch in time that runs backwards.
    var mirrored: Stretch { Stretch(known: stream, -end, -start) }

    /// What both have in common, over what either has, in `0...1`: temporal intersection over union.
    public func iou(with other: Stretch) -> Double {
        guard stream == other.stream else { return 0 }
        let common = min(end, other.end) - max(start, other.start)
        guard common > 0 else { return 0 }
        return Double(common) / (Double(length) + Double(other.length) - Double(common))
    }
}
