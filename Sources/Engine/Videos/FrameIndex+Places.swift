import Media
import Query

extension FrameIndex {
    /// The frame at a place of the command language: of a time, the one that is shown then.
    /// - Throws: ``EngineError/Code/invalidRequest`` for a place outside the video.
    func frame(at position: VideoPosition) throws -> Int {
        switch position {
        case .frame(let number):
            guard number < count else {
                throw EngineError(
                    .invalidRequest,
                    count == 0
                        ? "the video has no frames"
                        : "there is no frame \(number): frames are 0 to \(count - 1)")
            }
            return number
        case .offset(let seconds):
            // A time is told to the millionth of a second, and a frame may begin between two of them.
            guard seconds <= duration.seconds, let first = presentations.first,
                let number = frame(shownAt: VideoTime(first, timeBase).seconds + seconds + 5e-7)
            else {
                throw EngineError(
                    .invalidRequest,
                    "nothing is shown at \(ClockTime.text(seconds: seconds)): the video lasts \(ClockTime.text(seconds: duration.seconds))"
                )
            }
            return number
        case .fraction(let part): return try frame(at: .offset(seconds: part * duration.seconds))
        }
    }

    /// The frames of a stretch, whose both ends belong to it: of times, those that are shown then.
    func frames(in span: VideoSpan) throws -> Range<Int> {
        let ends: (VideoPosition, VideoPosition) =
            switch span {
            case .frames(let start, let stop): (.frame(start), .frame(stop))
            case .offsets(let start, let stop):
                // What lies behind the end is taken for the end.
                (.offset(seconds: start), .offset(seconds: min(stop, max(start, duration.seconds))))
            case .fractions(let start, let stop): (.fraction(start), .fraction(stop))
            }
        let first = try frame(at: ends.0)
        return first..<max(first, try frame(at: ends.1)) + 1
    }

    /// As ``frames(in:)``; `nil` where the stretch begins behind the video's end.
    func frames(reachedBy span: VideoSpan) -> Range<Int>? {
        do {
            return try frames(in: span)
        } catch {
            // That nothing is shown then is all that it says.
            return nil
        }
    }

    func times(of frames: Range<Int>) -> (start: Double, stop: Double) {
        (seconds(of: frames.lowerBound), end(of: frames.upperBound - 1))
    }
}
