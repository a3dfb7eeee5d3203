/// All frames of a video in the order in which they are shown: when each is shown, and where decoding may
/// begin.
///
/// A frame is known by its number, from 0 on in the order of presentation. Numbers are those of the frames
/// that FFmpeg's own tools show: what an edit list cuts off, what the codec hides, and what lies before the
/// first keyframe has none.
public struct FrameIndex: Sendable, Hashable {
    /// What the index was made from.
    public enum Basis: String, Sendable, Hashable {
        /// The packets, none of which was decoded.
        case packets
        /// The frames, all of which were decoded, as the packets do not tell (AVI keeps no times of
        /// presentation), tell what the decoder does not find, or have times that start anew (streams that
        /// were put one behind the other). Times that do not ascend are made up.
        case frames
    }

    /// No frame is shown further than this from the clock's zero, nor the last one longer, in ticks: so sums
    /// and differences of times stay within 64 bits. Of nanoseconds this is 36 years.
    public static let farthest: Int64 = 1 << 60

    public let basis: Basis
    public let timeBase: Ratio
    /// When each frame is shown, in ticks; ascending, no two equal.
    public let presentations: [Int64]
    /// How long the last frame is shown, in ticks; 0 where it is not told.
    public let lastDuration: Int64
    /// In order. The first frame may be none of them.
    public let keyframes: Keyframes
    /// Frames whose packets are damaged, in order, no two ranges touching: they have no pixels, and what is
    /// predicted from them, up to the next keyframe, is what the decoder makes of it.
    public let damaged: [Range<Int>]

    /// - Parameters:
    ///   - presentations: none beyond ``farthest`` on either side.
    ///   - lastDuration: is kept within `0...farthest`.
    public init(
        basis: Basis, timeBase: Ratio, presentations: [Int64], lastDuration: Int64, keyframes: Keyframes,
        damaged: [Range<Int>] = []
    ) {
        self.basis = basis
        self.timeBase = timeBase
        self.presentations = presentations
        self.lastDuration = min(max(0, lastDuration), FrameIndex.farthest)
        self.keyframes = keyframes
        self.damaged = damaged
    }

    /// The same with more frames known to be damaged: none has another number.
    func marking(_ frames: [Range<Int>]) -> FrameIndex {
        guard !frames.isEmpty else { return self }
        var all: [Range<Int>] = []
        for range in (damaged + frames).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = all.last, range.lowerBound <= last.upperBound {
                all[all.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                all.append(range)
            }
        }
        let marked = FrameIndex(
            basis: basis, timeBase: timeBase, presentations: presentations, lastDuration: lastDuration,
            keyframes: keyframes, damaged: all)
        var left = keyframes
        left.removeAll { marked.isDamaged($0.frame) }
        return FrameIndex(
            basis: basis, timeBase: timeBase, presentations: presentations, lastDuration: lastDuration,
            keyframes: left, damaged: all)
    }

    /// Whether a frame may be shown then.
    public static func canBeShown(at tick: Int64) -> Bool { (-farthest...farthest).contains(tick) }

    /// How many frames there are.
    public var count: Int { presentations.count }

    /// Whether a frame's packet is damaged.
    public func isDamaged(_ frame: Int) -> Bool {
        var (low, high) = (0, damaged.count)
        while low < high {
            let middle = (low + high) / 2
            if damaged[middle].upperBound <= frame { low = middle + 1 } else { high = middle }
        }
        return low < damaged.count && damaged[low].contains(frame)
    }

    /// What is wrong with its frames, for people; `nil` if nothing is known to be.
    public var damage: String? {
        guard let first = damaged.first else { return nil }
        let number = damaged.reduce(0) { $0 + $1.count }
        guard number > 1 else { return "frame \(first.lowerBound) of \(count) is damaged" }
        let named = damaged.prefix(3).map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound - 1)"
        }
        let rest = damaged.count > 3 ? " and others" : ""
        return "\(number) of \(count) frames are damaged: \(named.joined(separator: ", "))\(rest)"
    }

    /// When a frame begins to be shown, on the clock of its file, which need not begin at 0.
    public func time(of frame: Int) -> VideoTime { VideoTime(presentations[frame], timeBase) }

    /// When a frame begins to be shown, in seconds from the first one on.
    public func seconds(of frame: Int) -> Double {
        VideoTime(presentations[frame] - presentations[0], timeBase).seconds
    }

    /// When a frame is no longer shown, in seconds from the first one on.
    public func end(of frame: Int) -> Double {
        frame + 1 < count
            ? seconds(of: frame + 1)
            : VideoTime(presentations[frame] - presentations[0] + lastDuration, timeBase).seconds
    }

    /// From when the first frame is shown until the last one no longer is.
    public var duration: VideoTime {
        guard let first = presentations.first, let last = presentations.last else {
            return VideoTime(0, timeBase)
        }
        return VideoTime(last - first + lastDuration, timeBase)
    }

    /// The frame that is shown at a time of the file's clock: the last that has begun. `nil` before the
    /// first.
    public func frame(shownAt seconds: Double) -> Int? {
        let after = partition { VideoTime($0, timeBase).seconds > seconds }
        return after == 0 ? nil : after - 1
    }

    /// The frame that begins exactly at this tick.
    public func frame(at presentation: Int64) -> Int? {
        let place = partition { $0 >= presentation }
        return place < count && presentations[place] == presentation ? place : nil
    }

    /// Frames a second, as a mean over all; `nil` for fewer than two frames.
    public var meanRate: Double? {
        guard let first = presentations.first, let last = presentations.last, last > first else { return nil }
        return Double(count - 1) / VideoTime(last - first, timeBase).seconds
    }

    /// Whether frames are not shown equally long. Differences of one tick come of rounding.
    public var hasVariableRate: Bool {
        guard count > 2 else { return false }
        var (shortest, longest) = (Int64.max, Int64.min)
        for (earlier, later) in zip(presentations, presentations.dropFirst()) {
            shortest = min(shortest, later - earlier)
            longest = max(longest, later - earlier)
        }
        return longest - shortest > 1
    }

    /// The place of the first time that satisfies `isBehind`, which is false up to a place and true from
    /// there on.
    private func partition(_ isBehind: (Int64) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(presentations[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension [Range<Int>] {
    /// The ranges of numbers that rise.
    init(rising numbers: some Sequence<Int>) {
        self = []
        for number in numbers { append(rising: number) }
    }

    /// Adds a number behind the others.
    mutating func append(rising number: Int) {
        if let last, last.upperBound == number {
            self[count - 1] = last.lowerBound..<number + 1
        } else {
            append(number..<number + 1)
        }
    }
}
