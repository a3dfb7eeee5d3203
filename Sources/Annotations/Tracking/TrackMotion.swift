/// Where the box of a track is in one frame, and how it moves there.
public struct TrackMotion: Sendable, Hashable {
    public var frame: Int
    public var box: Box
    /// Of the corners: how many pixels each side goes right or down in a second.
    public var leftVelocity, topVelocity, rightVelocity, bottomVelocity: Double

    /// Of the box's centre, in pixels a second to the right and down.
    public var velocity: Point {
        Point(x: (leftVelocity + rightVelocity) / 2, y: (topVelocity + bottomVelocity) / 2)
    }

    /// Of the box's centre in whatever direction, in pixels a second.
    public var speed: Double { (velocity.x * velocity.x + velocity.y * velocity.y).squareRoot() }

    /// In square pixels.
    public var area: Double { box.area }
}

extension Track {
    /// Where the box is in every frame of the track, and how it moves.
    ///
    /// Velocities are what changed since the frame before, over the time between both; in the first frame
    /// they are those of the second, and 0 where there is none.
    /// - Parameter time: when a frame is shown, in seconds; rising.
    public func motion(time: (Int) -> Double) -> [TrackMotion] {
        var found: [TrackMotion] = []
        found.reserveCapacity(frames.count)
        var last: (box: Box, time: Double)?
        for frame in frames {
            guard let box = box(at: frame) else { continue }
            let now = time(frame)
            var motion = TrackMotion(
                frame: frame, box: box, leftVelocity: 0, topVelocity: 0, rightVelocity: 0, bottomVelocity: 0)
            if let last, now > last.time {
                let seconds = now - last.time
                motion.leftVelocity = (box.x - last.box.x) / seconds
                motion.topVelocity = (box.y - last.box.y) / seconds
                motion.rightVelocity = (box.right - last.box.right) / seconds
                motion.bottomVelocity = (box.bottom - last.box.bottom) / seconds
            }
            found.append(motion)
            last = (box, now)
        }
        if found.count > 1 {
            found[0].leftVelocity = found[1].leftVelocity
            found[0].topVelocity = found[1].topVelocity
            found[0].rightVelocity = found[1].rightVelocity
            found[0].bottomVelocity = found[1].bottomVelocity
        }
        return found
    }

    /// How many of `tracks` are there in each of `frames`.
    /// - Complexity: O(tracks + frames).
    public static func counts(of tracks: [Track], in frames: Range<Int>) -> [Int] {
        guard !frames.isEmpty else { return [] }
        var changes = [Int](repeating: 0, count: frames.count + 1)
        for track in tracks {
            let shown = track.frames.clamped(to: frames)
            guard !shown.isEmpty else { continue }
            changes[shown.lowerBound - frames.lowerBound] += 1
            changes[shown.upperBound - frames.lowerBound] -= 1
        }
        var count = 0
        return changes.dropLast().map { change in
            count += change
            return count
        }
    }
}
