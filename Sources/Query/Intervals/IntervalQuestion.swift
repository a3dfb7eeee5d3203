/// Which stretches of videos are looked for, as an expression.
///
/// What it finds lies within one video each, in the order of videos, beginnings and ends.
public struct IntervalQuestion: Sendable, Hashable {
    /// Where they come from.
    public indirect enum Base: Sendable, Hashable {
        /// What labels of the kind `interval` say.
        case labelled(LabelledIntervals)
        /// When tracked things are to be seen.
        case tracked(TrackedIntervals)
        /// What is in all of these: the time that they have in common.
        case all([IntervalQuestion])
        /// What is in any of these; what touches is one.
        case any([IntervalQuestion])
        /// What of the videos is in none of these.
        case none(IntervalQuestion)
        /// One of each, each of which precedes the next, by at most so many seconds where that is said: from
        /// the beginning of each first one to the earliest end of a last one.
        case sequence([IntervalQuestion], within: [Double?])
    }

    public var base: Base
    /// Gaps up to so many seconds are filled first; what touches is one then. `nil` leaves all as they are.
    public var bridge: Double?
    /// The least and the greatest duration in seconds.
    public var minDuration, maxDuration: Double?
    /// All of which must hold.
    public var conditions: [IntervalCondition]

    public init(_ base: Base) {
        self.base = base
        conditions = []
    }
}

/// That an interval lies so to at least one of others; or to none of them.
public struct IntervalCondition: Sendable, Hashable {
    public var relation: IntervalRelation
    public var other: IntervalQuestion
    /// Seconds between the two at most; `nil` for any.
    public var within: Double?
    /// Whether there must be none.
    public var isNegated: Bool

    public init(
        _ relation: IntervalRelation, _ other: IntervalQuestion, within: Double? = nil,
        isNegated: Bool = false
    ) {
        self.relation = relation
        self.other = other
        self.within = within
        self.isNegated = isNegated
    }
}

/// Labels of the kind `interval`.
public struct LabelledIntervals: Sendable, Hashable {
    /// The label classes, at least one.
    public var names: [String]
    /// In `0...1`; labels without a score have none that is great enough.
    public var minScore: Double?
    /// Who must have said it; anybody where `nil`.
    public var source: String?
    /// Only the frames in which the thing is in this rectangle, each run of them an interval: of motion, in
    /// which something moves in a cell of the grid that has pixels in common with it; of other classes, in
    /// which the middle of a box of the class lies within, its right and lower edge excluded. In pixels of
    /// upright frames.
    public var inRectangle: RegionRectangle?

    public init(
        _ names: [String], minScore: Double? = nil, source: String? = nil, inRectangle: RegionRectangle? = nil
    ) {
        self.names = names
        self.minScore = minScore
        self.source = source
        self.inRectangle = inRectangle
    }
}

/// Labels of the kind `track`: from the first to the last frame in which the thing is there.
public struct TrackedIntervals: Sendable, Hashable {
    /// The label classes, at least one.
    public var names: [String]
    /// In `0...1`; labels without a score have none that is great enough.
    public var minScore: Double?
    public var source: String?
    /// Only the frames in which the middle of the box lies in this rectangle, its right and lower edge
    /// excluded; each run of frames is one interval. In pixels of upright frames.
    public var inRectangle: RegionRectangle?

    public init(
        _ names: [String], minScore: Double? = nil, source: String? = nil, inRectangle: RegionRectangle? = nil
    ) {
        self.names = names
        self.minScore = minScore
        self.source = source
        self.inRectangle = inRectangle
    }
}
