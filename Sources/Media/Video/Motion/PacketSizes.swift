/// How many bytes the packet of each frame has, in the order of frames.
struct PacketSizes {
    /// Half a second, from `start` on, in seconds of the file's clock.
    struct Stretch {
        var start: Double
        /// Mean bytes of its frames that are no keyframes; 0 where there are none.
        var size: Double
    }

    /// Empty where they are not known.
    let byteCounts: [Int32]
    private let index: FrameIndex

    init(_ byteCounts: [Int32], _ index: FrameIndex) {
        self.byteCounts = byteCounts
        self.index = index
    }

    var isKnown: Bool { byteCounts.count == index.count && index.count > 0 }

    /// Half second by half second from a time to another, which is within the last.
    func stretches(from first: Double, to last: Double) -> [Stretch] {
        guard isKnown, var frame = index.frame(shownAt: first) else { return [] }
        var stretches: [Stretch] = []
        var keyframe = keyframeIndex(notBefore: frame)
        var start = first
        while start <= last {
            let end = start + PacketCalibration.stretch
            var (sum, count) = (0, 0)
            while frame < index.count, index.time(of: frame).seconds < end {
                if keyframe < index.keyframes.count, index.keyframes[keyframe].frame == frame {
                    keyframe += 1
                } else {
                    sum += Int(byteCounts[frame])
                    count += 1
                }
                frame += 1
            }
            stretches.append(Stretch(start: start, size: count > 0 ? Double(sum) / Double(count) : 0))
            start = end
            // Nothing is shown for a long time: on to where something is.
            if count == 0, frame < index.count {
                start = max(start, min(index.time(of: frame).seconds, last + 1))
            }
        }
        return stretches
    }

    /// The place among the keyframes of the first that is not before `frame`.
    private func keyframeIndex(notBefore frame: Int) -> Int {
        var (low, high) = (0, index.keyframes.count)
        while low < high {
            let middle = (low + high) / 2
            if index.keyframes[middle].frame < frame { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
