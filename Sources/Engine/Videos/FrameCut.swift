import Base
import Media
import Query

/// Every so many frames of a range: what operations on videos leave of one.
struct FrameCut: Sendable, Hashable {
    /// Never empty.
    private(set) var range: Range<Int>
    private(set) var step = 1

    /// - Throws: ``EngineError/Code/invalidOperation`` for no frames.
    init(_ range: Range<Int>) throws {
        guard !range.isEmpty else { throw EngineError(.invalidOperation, "the video has no frames") }
        self.range = range
    }

    /// How many frames there are.
    var count: Int { (range.count - 1) / step + 1 }

    /// Leaves every `step`th of what is left, from number `start` up to, not including, `stop`, which may lie
    /// behind the end.
    /// - Throws: ``EngineError/Code/invalidOperation`` where nothing is left.
    mutating func take(from start: Int, to stop: Int, every step: Int) throws {
        guard start < min(stop, count) else {
            throw EngineError(
                .invalidOperation,
                "interval: there is no frame from \(start) up to, not including, \(stop): frames are 0 to \(count - 1)"
            )
        }
        let first = range.lowerBound + start * self.step
        // No number is greater than the count of frames, so that nothing overflows.
        let last = range.lowerBound + (min(stop, count) - 1) * self.step
        range = first..<last + 1
        self.step *= min(step, count)
    }

    /// Leaves the first frames, as far as a preview goes. Times count from the first of them; its size is
    /// known only when it is written.
    /// - Throws: ``EngineError/Code/invalidOperation`` where nothing is left.
    mutating func limit(to preview: VideoPreview, _ index: FrameIndex) throws {
        let start = index.seconds(of: range.lowerBound)
        let duration = index.end(of: range.upperBound - 1) - start
        var end = range.upperBound
        if let most = preview.maxFrameCount, most < count {
            end = range.lowerBound + (most - 1) * step + 1
        }
        // All of it has the last frame, too, where nothing tells how long that one is shown.
        if let part = preview.maxTimeFraction, part < 1 {
            end = min(end, frame(notBefore: start + part * duration, index))
        }
        if let seconds = preview.maxSeconds { end = min(end, frame(notBefore: start + seconds, index)) }
        guard end > range.lowerBound else {
            throw EngineError(.invalidOperation, "preview: it would end before its first frame")
        }
        range = range.lowerBound..<end
    }

    // MARK: - Private

    /// The first frame of the range that does not begin before a time, or its end.
    private func frame(notBefore seconds: Double, _ index: FrameIndex) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            // A nanosecond, so that a time written with decimals means the frame that begins then.
            if index.seconds(of: middle) >= seconds - 1e-9 { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
