/// Which frames of a video are meant.
public enum VideoPart: Sendable, Hashable {
    case all
    /// By their numbers, half-open. The end may lie behind the last frame.
    case frames(from: Int, to: Int)
    /// Those that begin within these seconds since the first frame, half-open.
    case seconds(from: Double, to: Double)
    /// Those that begin within these parts of the whole duration, in 0...1, half-open.
    case fractions(from: Double, to: Double)

    /// The numbers of the frames.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` where there are none, or a bound is none.
    public func frames(in index: FrameIndex) throws(MediaError) -> Range<Int> {
        guard index.count > 0 else { throw MediaError(.malformedInput, "there is no frame in the video") }
        switch self {
        case .all: return 0..<index.count
        case .frames(let from, let to):
            guard from >= 0, from < to, from < index.count else {
                throw MediaError(
                    .invalidOperation,
                    "frames \(from) up to, not including, \(to) are none: the video has frames 0 to "
                        + "\(index.count - 1)")
            }
            return from..<min(to, index.count)
        case .seconds(let from, let to):
            return try frames(from, to, index, unit: "seconds", told: "\(from) to \(to)")
        case .fractions(let from, let to):
            let whole = index.duration.seconds
            guard from >= 0, to <= 1 else {
                throw MediaError(
                    .invalidOperation, "parts of a video lie within 0 and 1, not \(from) to \(to)")
            }
            // All of it has the last frame, too, where nothing tells how long that one is shown.
            let end = to == 1 ? Double.infinity : to * whole
            return try frames(from * whole, end, index, unit: "of the whole", told: "\(from) to \(to)")
        }
    }

    // MARK: - Private

    private func frames(
        _ from: Double, _ to: Double, _ index: FrameIndex, unit: String, told: String
    ) throws(MediaError) -> Range<Int> {
        // A nanosecond, so that a time written with decimals means the frame that begins then.
        let tolerance = 1e-9
        let start = index.presentations[0]
        func firstFrame(notBefore seconds: Double) -> Int {
            var (low, high) = (0, index.count)
            while low < high {
                let middle = (low + high) / 2
                let time = VideoTime(index.presentations[middle] - start, index.timeBase).seconds
                if time >= seconds - tolerance { high = middle } else { low = middle + 1 }
            }
            return low
        }
        guard !from.isNaN, !to.isNaN else {
            throw MediaError(.invalidOperation, "\(told) \(unit) is no stretch of time")
        }
        let (first, last) = (firstFrame(notBefore: from), firstFrame(notBefore: to))
        guard first < last else {
            throw MediaError(
                .invalidOperation,
                "no frame begins within \(told) \(unit): the last of the video's \(index.count) begins at "
                    + "\(VideoTime(index.presentations[index.count - 1] - start, index.timeBase).seconds) s")
        }
        return first..<last
    }
}
