import Base
import Catalog
import Engine
import Media

/// Makes intervals of what is said of single frames: what is said of one holds until the next one that was
/// looked at, and what is said of frames one after another is one interval.
struct SampledIntervals {
    private struct Open {
        var first: Int
        var score: Double?
        var sum = 0.0
        var count = 0
    }

    private var open: [String: Open] = [:]
    private(set) var intervals: [VideoInterval] = []

    /// Takes what is said of a frame, which lies behind all before. Of labels of one class the most sure
    /// counts; labels without a class say nothing.
    mutating func add(_ labels: [NewLabel], at frame: Int, _ index: FrameIndex) {
        var said: [String: (score: Double?, value: Double?)] = [:]
        for label in labels where label.kind != .points {
            guard let name = label.name else { continue }
            var entry = said[name] ?? (nil, nil)
            if let confidence = label.confidence { entry.score = max(entry.score ?? 0, confidence) }
            if case .json(let geometry)? = label.geometry {
                entry.value = geometry.objectValue?["value"]?.floatValue ?? entry.value
            }
            said[name] = entry
        }
        for name in open.keys.filter({ said[$0] == nil }) { close(name, at: frame, index) }
        for (name, entry) in said {
            var state = open[name] ?? Open(first: frame)
            if let score = entry.score { state.score = max(state.score ?? 0, score) }
            if let value = entry.value { (state.sum, state.count) = (state.sum + value, state.count + 1) }
            open[name] = state
        }
    }

    /// Ends what still holds: no more frames are looked at before `end`.
    /// - Returns: all intervals, in order, those of the same beginning by their names.
    mutating func finish(at end: Int, _ index: FrameIndex) -> [VideoInterval] {
        for name in Array(open.keys) { close(name, at: end, index) }
        return intervals.sorted {
            ($0.frames.lowerBound, $0.name) < ($1.frames.lowerBound, $1.name)
        }
    }

    private mutating func close(_ name: String, at end: Int, _ index: FrameIndex) {
        guard let state = open.removeValue(forKey: name), state.first < end else { return }
        intervals.append(
            VideoInterval(
                name, state.first..<end, start: index.seconds(of: state.first), stop: index.end(of: end - 1),
                score: state.score, value: state.count > 0 ? state.sum / Double(state.count) : nil))
    }
}
