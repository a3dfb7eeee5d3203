/// What the sizes of packets tell of motion in one video: what was found by comparing both in stretches of
/// half a second that were decoded.
///
/// Encoders spend little on what does not change; but how little, and whether at all, depends on the encoder,
/// its control of the rate, and on noise. So sizes count only once this was seen to hold in the video itself.
public struct PacketCalibration: Sendable, Hashable {
    public init() {}

    /// Mean bytes of the frames that are no keyframes, in stretches in which something moved, and nothing
    /// did.
    public private(set) var movingSizes: [Double] = []
    public private(set) var stillSizes: [Double] = []
    /// Groups of pictures that were small enough and were looked at nonetheless, and those of them in which
    /// something moved after all.
    public var audited = 0
    public var missed = 0

    /// How long a stretch is, in seconds.
    static let stretch = 0.5
    /// Of each kind: what is wanted to judge, and what is remembered.
    private static let least = (moving: 6, still: 8)
    private static let most = 1_000

    /// Below this nothing moves; `nil` unless that was found to hold.
    ///
    /// It is 0.6 times what 98 of 100 moving stretches reach, and holds where at least 6 moving and 8 still
    /// stretches were seen, at most one moving stretch in 50 is below it, and at least half of the still ones
    /// are.
    public var threshold: Double? {
        guard missed == 0, movingSizes.count >= Self.least.moving, stillSizes.count >= Self.least.still else {
            return nil
        }
        let sorted = movingSizes.sorted()
        let found = 0.6 * sorted[sorted.count / 50]
        let below = sorted.count { $0 < found }, useful = stillSizes.count { $0 < found }
        return below * 50 <= sorted.count && useful * 2 >= stillSizes.count ? found : nil
    }

    /// Takes what was seen of a stretch.
    package mutating func learn(size: Double, moves: Bool) {
        if moves {
            if movingSizes.count == Self.most { movingSizes.removeFirst() }
            movingSizes.append(size)
        } else {
            if stillSizes.count == Self.most { stillSizes.removeFirst() }
            stillSizes.append(size)
        }
    }
}
