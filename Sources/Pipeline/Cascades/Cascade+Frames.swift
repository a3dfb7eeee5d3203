public import Media

extension Cascade {
    /// The frames of a video that it looks at: all, or the first that begins in each step of
    /// `1 / framesPerSecond` seconds from the first frame on.
    public func frames(of index: FrameIndex) -> [Int] {
        framesPerSecond.map { index.frames(atRate: $0) } ?? Array(0..<index.count)
    }
}

extension FrameIndex {
    /// The first frame that begins in each step of `1 / rate` seconds from the first frame on.
    func frames(atRate rate: Double) -> [Int] {
        guard count > 0 else { return [] }
        let begin = time(of: 0).seconds
        var frames: [Int] = []
        var due = 0.0
        for frame in 0..<count {
            // Times are rounded to ticks, which may make a frame a millisecond early.
            let step = ((time(of: frame).seconds - begin) * rate + 0.001 * rate).rounded(.down)
            guard step >= due else { continue }
            frames.append(frame)
            due = step + 1
        }
        return frames
    }
}
