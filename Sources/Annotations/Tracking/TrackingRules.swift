/// How boxes of one frame are taken for those of the frame before.
public struct TrackingRules: Sendable, Hashable {
    /// Boxes below this are left out.
    public var lowestConfidence: Double
    /// Boxes from here on are matched first, and begin tracks; those below are only matched with tracks that
    /// are left over then.
    public var firstConfidence: Double
    /// A box from here on begins a track where it continues none.
    public var beginningConfidence: Double
    /// What a box and a track must have in common at the least, in the first round and in the second.
    public var firstIoU, secondIoU: Double
    /// A track ends when it was not seen for more frames than this.
    public var longestGap: Int
    /// A track is told of where it was seen in this many frames on end, beside the one that it began with; in
    /// as many of the video's first frames at once.
    public var leastSightings: Int

    public init(
        lowestConfidence: Double, firstConfidence: Double, beginningConfidence: Double, firstIoU: Double,
        secondIoU: Double, longestGap: Int, leastSightings: Int
    ) {
        self.lowestConfidence = lowestConfidence
        self.firstConfidence = firstConfidence
        self.beginningConfidence = beginningConfidence
        self.firstIoU = firstIoU
        self.secondIoU = secondIoU
        self.longestGap = longestGap
        self.leastSightings = leastSightings
    }

    /// SORT: all boxes in one round. Bewley and others, "Simple Online and Realtime Tracking", 2016.
    public static let sort = TrackingRules(
        lowestConfidence: -.infinity, firstConfidence: -.infinity, beginningConfidence: -.infinity,
        firstIoU: 0.3,
        secondIoU: 1, longestGap: 1, leastSightings: 3)

    /// ByteTrack: boxes of little confidence continue tracks, and begin none. Zhang and others, "ByteTrack:
    /// Multi-Object Tracking by Associating Every Detection Box", 2022, with SORT's filter.
    public static let byteTrack = TrackingRules(
        lowestConfidence: 0.1, firstConfidence: 0.6, beginningConfidence: 0.7, firstIoU: 0.2, secondIoU: 0.5,
        longestGap: 30, leastSightings: 1)
}
