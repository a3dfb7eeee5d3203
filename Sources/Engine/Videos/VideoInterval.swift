import Base
public import Catalog

/// A stretch of a video of which a label says something: that something moves in it, or somebody is seen.
public struct VideoInterval: Sendable, Hashable {
    /// What is said of it, such as `motion`: the label's class.
    public var name: String
    /// Half-open.
    public var frames: Range<Int>
    /// When the first frame begins to be shown, in seconds from the video's beginning.
    public var start: Double
    /// When the last frame is no longer shown.
    public var stop: Double
    /// In `0...1`; of motion the greatest share of the picture that moves.
    public var score: Double?
    /// What was measured, as a mean over the frames that were looked at.
    public var value: Double?

    public init(
        _ name: String, _ frames: Range<Int>, start: Double, stop: Double, score: Double? = nil,
        value: Double? = nil
    ) {
        self.name = name
        self.frames = frames
        self.start = start
        self.stop = stop
        self.score = score
        self.value = value
    }

    /// What a label says; `nil` for labels of another kind, and those that do not tell their frames.
    public init?(_ label: Label) {
        guard label.kind == .interval, let name = label.name, case .json(let geometry)? = label.geometry,
            let place = geometry.objectValue
        else { return nil }
        self.init(name, place, score: label.confidence)
    }

    /// What the geometry of a label says; `nil` where it does not tell its frames.
    init?(_ name: String, _ place: Document, score: Double? = nil) {
        guard let first = place["start_frame"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let end = place["stop_frame"]?.integerValue.flatMap({ Int(exactly: $0) }), 0 <= first,
            first < end,
            let start = place["start_time"]?.floatValue, let stop = place["stop_time"]?.floatValue
        else { return nil }
        self.init(
            name, first..<end, start: start, stop: stop, score: score,
            value: place["value"]?.floatValue)
    }

    /// The label that says so.
    public func label(by source: String) -> NewLabel {
        var place: Document = [
            "start_frame": .integer(Int64(frames.lowerBound)),
            "stop_frame": .integer(Int64(frames.upperBound)), "start_time": .float(start),
            "stop_time": .float(stop),
        ]
        if let value { place["value"] = .float(value) }
        return NewLabel(
            .interval, name, geometry: .json(.object(place)), confidence: score, source: source)
    }
}
