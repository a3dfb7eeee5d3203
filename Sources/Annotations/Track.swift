public import Base

/// A box that moves: where it is in some frames, and by that in all between them.
public struct Track: Sendable, Hashable {
    /// A frame in which somebody has said where the box is.
    public struct Keyframe: Sendable, Hashable {
        /// From 0, in the order in which frames are shown.
        public var frame: Int
        public var box: Box

        public init(frame: Int, box: Box) {
            self.frame = frame
            self.box = box
        }
    }

    /// Rising, no frame twice.
    public let keyframes: [Keyframe]

    /// - Returns: `nil` where there is no keyframe, a frame is negative or comes twice, or a number of a box
    ///   is not finite. Their order does not matter.
    public init?(_ keyframes: [Keyframe]) {
        let sorted = keyframes.sorted { $0.frame < $1.frame }
        guard let first = sorted.first, let last = sorted.last, first.frame >= 0, last.frame < Int.max,
            zip(sorted, sorted.dropFirst()).allSatisfy({ $0.frame < $1.frame }),
            sorted.allSatisfy({ [$0.box.x, $0.box.y, $0.box.width, $0.box.height].allSatisfy(\.isFinite) })
        else { return nil }
        self.keyframes = sorted
    }

    /// The frames in which the box is there, half-open: from the first keyframe to the last, which is among
    /// them.
    public var frames: Range<Int> { keyframes[0].frame..<keyframes[keyframes.count - 1].frame + 1 }

    /// Where the box is in a frame; `nil` before the first and behind the last keyframe.
    ///
    /// Between two keyframes each of `x`, `y`, `width` and `height` goes from one value to the other in a
    /// straight line, and so do all four sides: `a + (b − a) · (frame − from) / (to − from)`. At a keyframe
    /// it is that keyframe's box, to the bit.
    public func box(at frame: Int) -> Box? {
        guard frames.contains(frame) else { return nil }
        // The first keyframe behind the frame, by halving.
        var (low, high) = (0, keyframes.count)
        while low < high {
            let middle = (low + high) / 2
            if keyframes[middle].frame <= frame { low = middle + 1 } else { high = middle }
        }
        let before = keyframes[low - 1]
        guard before.frame < frame else { return before.box }
        let after = keyframes[low]
        let part = Double(frame - before.frame) / Double(after.frame - before.frame)
        func between(_ from: Double, _ to: Double) -> Double { from + (to - from) * part }
        return Box(
            x: between(before.box.x, after.box.x), y: between(before.box.y, after.box.y),
            width: between(before.box.width, after.box.width),
            height: between(before.box.height, after.box.height))
    }

    /// As a label of the kind `track` has it: `{"keyframes": [{"frame", "x", "y", "width", "height"}, …]}`.
    public var value: Value {
        [
            "keyframes": .array(
                keyframes.map { keyframe in
                    [
                        "frame": .integer(Int64(keyframe.frame)), "x": .float(keyframe.box.x),
                        "y": .float(keyframe.box.y), "width": .float(keyframe.box.width),
                        "height": .float(keyframe.box.height),
                    ]
                })
        ]
    }

    /// Reads what ``value`` writes; `nil` for anything else, and as ``init(_:)-([Keyframe])``.
    public init?(_ value: Value) {
        guard let entries = value.objectValue?["keyframes"]?.arrayValue else { return nil }
        var keyframes: [Keyframe] = []
        keyframes.reserveCapacity(entries.count)
        for entry in entries {
            guard let entry = entry.objectValue, let number = entry["frame"]?.integerValue,
                let frame = Int(exactly: number), let x = entry["x"]?.floatValue,
                let y = entry["y"]?.floatValue, let width = entry["width"]?.floatValue,
                let height = entry["height"]?.floatValue
            else { return nil }
            keyframes.append(
                Keyframe(frame: frame, box: Box(x: x, y: y, width: width, height: height)))
        }
        self.init(keyframes)
    }
}
