/// From scores over time to the stretches in which they are high: two thresholds, then what is too short
/// goes, gaps are filled, and what is left is widened, in this order.
///
/// Two thresholds keep a score that wavers about one of them from opening and closing all the time (Canny,
/// "A Computational Approach to Edge Detection", 1986).
public struct IntervalSmoothing: Sendable, Hashable {
    /// A score from a moment on.
    public struct Sample: Sendable, Hashable {
        /// In ticks. The score holds until the next sample.
        public var time: Int64
        public var score: Double

        public init(time: Int64, score: Double) {
            self.time = time
            self.score = score
        }
    }

    /// A stretch in which scores were high.
    public struct Interval: Sendable, Hashable {
        /// Half-open, in ticks.
        public var time: Range<Int64>
        /// The greatest in it.
        public var score: Double

        public init(time: Range<Int64>, score: Double) {
            self.time = time
            self.score = score
        }
    }

    /// A score of at least this opens a stretch.
    public var high: Double
    /// It stays open while scores are at least this; never above `high`.
    public var low: Double
    /// Shorter stretches go, in ticks.
    public var shortest: Int64
    /// Gaps up to this are filled, in ticks.
    public var longestGap: Int64
    /// Added before and behind, in ticks, as far as there is time.
    public var padding: Int64

    /// - Returns: `nil` unless `low ≤ high` and no length is negative.
    public init?(high: Double, low: Double, shortest: Int64 = 0, longestGap: Int64 = 0, padding: Int64 = 0) {
        guard low <= high, shortest >= 0, longestGap >= 0, padding >= 0 else { return nil }
        self.high = high
        self.low = low
        self.shortest = shortest
        self.longestGap = longestGap
        self.padding = padding
    }

    /// The stretches of `samples`, which rise in time; the last holds until `end`. A score that is no number
    /// is none.
    public func intervals(of samples: [Sample], end: Int64) -> [Interval] {
        guard let first = samples.first?.time, first < end else { return [] }
        var open: Interval?
        var found: [Interval] = []
        func close(at time: Int64) {
            guard var interval = open else { return }
            open = nil
            guard time > interval.time.lowerBound else { return }
            interval.time = interval.time.lowerBound..<time
            if time - interval.time.lowerBound >= shortest { found.append(interval) }
        }
        for sample in samples.prefix(while: { $0.time < end }) {
            if let score = open?.score, sample.score >= low {
                open?.score = max(score, sample.score)
            } else {
                close(at: sample.time)
                if sample.score >= high {
                    open = Interval(time: sample.time..<sample.time, score: sample.score)
                }
            }
        }
        close(at: end)
        found = IntervalSmoothing.joined(found, gap: longestGap)
        guard padding > 0 else { return found }
        for index in found.indices {
            let time = found[index].time
            let before = time.lowerBound.subtractingReportingOverflow(padding)
            let after = time.upperBound.addingReportingOverflow(padding)
            found[index].time =
                max(
                    first, before.overflow ? first : before.partialValue)..<min(
                    end, after.overflow ? end : after.partialValue)
        }
        return IntervalSmoothing.joined(found, gap: 0)
    }

    /// Neighbours that are at most `gap` apart become one.
    private static func joined(_ intervals: [Interval], gap: Int64) -> [Interval] {
        var joined: [Interval] = []
        for interval in intervals {
            if let last = joined.last, interval.time.lowerBound - last.time.upperBound <= gap {
                joined[joined.count - 1] = Interval(
                    time: last.time.lowerBound..<max(last.time.upperBound, interval.time.upperBound),
                    score: max(last.score, interval.score))
            } else {
                joined.append(interval)
            }
        }
        return joined
    }
}
