import Base
import Media

/// Which frames of a video, or of a clip, are wanted.
public struct FrameSpan: Sendable, Hashable {
    /// The first, from 0.
    public var from = 0
    /// The first that no longer is; `nil` for all that follow.
    public var to: Int?
    /// How they are thinned out.
    public var step = Step.every(1)

    /// Which of them.
    public enum Step: Sendable, Hashable {
        /// Every nth, at least 1, the first among them.
        case every(Int)
        /// Those nearest to the times of so many a second, from the first frame on; none twice.
        case rate(Double)
        case keyframes
        /// Exactly these, in this order; each must be there.
        case numbers([Int])
    }

    public init() {}

    /// The numbers of the frames within `bounds`, ascending.
    ///
    /// Numbers are those of the video; `from` and `to` count from where `bounds` begin.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a range that ends before it begins, a frame that is
    ///   not there, or a step that leads nowhere.
    func numbers(in index: FrameIndex, _ bounds: Range<Int>) throws -> [Int] {
        if let to, to < from {
            throw EngineError(
                .invalidRequest, "frames from \(from) to \(to): the range ends before it begins")
        }
        let first = bounds.lowerBound.addingReportingOverflow(from)
        let start = first.overflow ? bounds.upperBound : min(first.partialValue, bounds.upperBound)
        let last = to.map { bounds.lowerBound.addingReportingOverflow($0) }
        let end = last.map { $0.overflow ? bounds.upperBound : min($0.partialValue, bounds.upperBound) }
        let range = start..<max(start, end ?? bounds.upperBound)
        switch step {
        case .every(let step):
            guard step > 0 else { throw EngineError(.invalidRequest, "every \(step)th frame is none") }
            return Array(stride(from: range.lowerBound, to: range.upperBound, by: step))
        case .keyframes: return index.keyframes.map(\.frame).filter(range.contains)
        case .numbers(let numbers):
            return try numbers.map { number in
                guard number >= 0, number < bounds.count else {
                    throw EngineError(
                        .invalidRequest,
                        "there is no frame \(number): frames are 0 to \(bounds.count - 1)")
                }
                return bounds.lowerBound + number
            }
        case .rate(let rate):
            guard rate.isFinite, rate > 0 else {
                throw EngineError(.invalidRequest, "\(rate) frames a second lead nowhere; it must be above 0")
            }
            return FrameSpan.nearest(range, rate, index)
        }
    }

    /// The frames that begin nearest to each time; of two as near the earlier one.
    private static func nearest(_ range: Range<Int>, _ rate: Double, _ index: FrameIndex) -> [Int] {
        guard let first = range.first, let last = range.last else { return [] }
        // With two times a tick, or more, each frame is nearest to one.
        guard rate * VideoTime(1, index.timeBase).seconds < 2 else { return Array(range) }
        let start = index.time(of: first).seconds
        // A time at which nothing of the range is shown any more leads to no frame.
        let lastBegin = index.time(of: last).seconds
        let end = start + index.end(of: last) - index.seconds(of: first)
        var numbers: [Int] = []
        var frame = first
        var tick = 0.0
        while frame < range.upperBound {
            let time = start + tick / rate
            if time > lastBegin, time >= end { break }
            var distance = abs(index.time(of: frame).seconds - time)
            while frame + 1 < range.upperBound {
                let next = abs(index.time(of: frame + 1).seconds - time)
                // Of times that rounding alone tells apart the first is taken.
                guard next < distance - 1e-9 else { break }
                (frame, distance) = (frame + 1, next)
            }
            if numbers.last != frame { numbers.append(frame) }
            if frame + 1 >= range.upperBound { break }
            // On to the first time that the frame after this one may be nearest to.
            let middle = (index.time(of: frame).seconds + index.time(of: frame + 1).seconds) / 2
            let next = max(tick + 1, ((middle - start) * rate).rounded(.down))
            guard next > tick else {
                // Numbers as large as these are further apart than the times of the frames.
                numbers += frame + 1..<range.upperBound
                break
            }
            tick = next
        }
        return numbers
    }
}
