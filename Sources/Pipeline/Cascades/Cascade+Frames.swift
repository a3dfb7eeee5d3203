public import Media

extension Cascade {
    /// The frames of a video that it looks at: all, or the first that begins in each step of
    /// `1 / framesPerSecond` seconds from the first frame on.
    public func frames(of index: FrameIndex) -> [Int] {
        guard let framesPerSecond, index.count > 0 else { return Array(0..<index.count) }
        let begin = index.time(of: 0).seconds
        var frames: [Int] = []
        var due = 0.0
        for frame in 0..<index.count {
            // Times are rounded to ticks, which may make a frame a millisecond early.
            let step = ((index.time(of: frame).seconds - begin) * framesPerSecond + 0.001 * framesPerSecond)
                .rounded(.down)
            guard step >= due else { continue }
            frames.append(frame)
            due = step + 1
        }
        return frames
    }
}
