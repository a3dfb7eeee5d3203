import Annotations
public import Base
public import Engine
public import Media

/// How scores of frames become stretches of a video, in seconds; see ``IntervalSmoothing``.
public struct IntervalRule: Sendable, Hashable {
    /// A score of at least this opens a stretch; `nil` for any that is above 0, of motion the scan's bound.
    public var high: Double?
    /// It stays open while scores are at least this; `nil` for `high`, of motion the scan's bound.
    public var low: Double?
    /// Shorter stretches go.
    public var shortest: Double
    /// Pauses up to this are filled.
    public var longestGap: Double
    /// Added before and behind, as far as there is video.
    public var padding: Double

    public init(
        high: Double? = nil, low: Double? = nil, shortest: Double = 0, longestGap: Double = 1,
        padding: Double = 0
    ) {
        self.high = high
        self.low = low
        self.shortest = shortest
        self.longestGap = longestGap
        self.padding = padding
    }

    /// The words for its parts, as they are asked for.
    public static let members = ["high", "low", "shortest", "gap", "padding"]

    /// Reads a rule of which anything is told; `nil` where nothing is.
    /// - Throws: ``EngineError/Code/invalidRequest`` naming the member that is wrong.
    public init?(document: Document) throws {
        guard document.keys.contains(where: IntervalRule.members.contains) else { return nil }
        func number(_ member: String, _ range: ClosedRange<Double>) throws -> Double? {
            guard let value = document[member] else { return nil }
            guard let number = value.floatValue, range.contains(number) else {
                throw EngineError(
                    .invalidRequest,
                    "'\(member)' must be a number in \(range.lowerBound)...\(range.upperBound)", path: member)
            }
            return number
        }
        self.init()
        high = try number("high", 0...1)
        low = try number("low", 0...1)
        if let low, let high, low > high {
            throw EngineError(.invalidRequest, "'low' must not be above 'high'", path: "low")
        }
        if low != nil, high == nil {
            throw EngineError(.invalidRequest, "'low' goes with 'high'", path: "low")
        }
        shortest = try number("shortest", 0...86_400) ?? shortest
        longestGap = try number("gap", 0...86_400) ?? longestGap
        padding = try number("padding", 0...86_400) ?? padding
    }

    /// What ``init(document:)`` reads.
    public var document: Document {
        var document: Document = [
            "shortest": .float(shortest), "gap": .float(longestGap), "padding": .float(padding),
        ]
        if let high { document.append("high", .float(high)) }
        if let low { document.append("low", .float(low)) }
        return document
    }

    /// The stretches of a video by the scores of some of its frames, rising, each of which holds until the
    /// next one.
    public func intervals(
        _ name: String, _ scores: [(frame: Int, score: Double)], in index: FrameIndex
    ) -> [VideoInterval] {
        let tick = VideoTime(1, index.timeBase).seconds
        guard index.count > 0, tick > 0 else { return [] }
        func ticks(_ seconds: Double) -> Int64 { Int64((seconds / tick).rounded()) }
        let high = max(high ?? 0, .leastNonzeroMagnitude)
        guard
            let smoothing = IntervalSmoothing(
                high: high, low: max(low ?? high, .leastNonzeroMagnitude), shortest: ticks(shortest),
                longestGap: ticks(longestGap), padding: ticks(padding))
        else { return [] }
        let times = index.presentations
        let samples = scores.map { IntervalSmoothing.Sample(time: times[$0.frame], score: $0.score) }
        return smoothing.intervals(of: samples, end: times[index.count - 1] + index.lastDuration).map {
            let first = index.frame(shownAt: VideoTime($0.time.lowerBound, index.timeBase).seconds) ?? 0
            let last = index.frame(shownAt: VideoTime($0.time.upperBound - 1, index.timeBase).seconds) ?? 0
            return VideoInterval(
                name, first..<last + 1, start: index.seconds(of: first), stop: index.end(of: last),
                score: $0.score)
        }
    }
}
