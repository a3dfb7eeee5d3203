/// How one interval may lie to another of the same video: Allen's thirteen relations and two wider ones.
///
/// Source: Allen, "Maintaining Knowledge about Temporal Intervals", 1983.
public enum IntervalRelation: String, Sendable, Hashable, CaseIterable {
    /// Ends before the other begins, with time between them.
    case before
    /// Begins when the other has ended, with time between them.
    case after
    /// ``before`` or ``meets``.
    case precedes
    /// Ends where the other begins.
    case meets
    /// Begins where the other ends.
    case metBy = "met_by"
    /// Begins first, and ends within the other.
    case overlaps
    /// Begins within the other, and ends last.
    case overlappedBy = "overlapped_by"
    /// Both begin together, the other ends later.
    case starts
    /// Both begin together, the other ends earlier.
    case startedBy = "started_by"
    /// Within the other, with neither end in common.
    case during
    /// The other is within it, with neither end in common.
    case contains
    /// Both end together, the other begins earlier.
    case finishes
    /// Both end together, the other begins later.
    case finishedBy = "finished_by"
    /// Both begin and end together.
    case equals
    /// Has time in common with the other.
    case intersects

    /// Whether there may be time between the two, which `within` limits.
    public var hasGap: Bool { [.before, .after, .precedes].contains(self) }
}
