/// How one stretch lies to another of the same stream: Allen's thirteen relations, with bounds where a gap
/// has any length, and two wider ones.
///
/// Source: Allen, "Maintaining Knowledge about Temporal Intervals", 1983. As stretches are half-open, one
/// *meets* the next where it ends at the tick at which that one starts.
public enum StretchRelation: Sendable, Hashable {
    /// Ends before the other starts, by 1 to `within` ticks.
    case before(within: Int64 = .max)
    /// Starts behind the end of the other, by 1 to `within` ticks.
    case after(within: Int64 = .max)
    /// ``before(within:)`` or ``meets``: by 0 to `within` ticks.
    case precedes(within: Int64 = .max)
    /// Ends where the other starts.
    case meets
    /// Starts where the other ends.
    case metBy
    /// Starts first, and ends within the other.
    case overlaps
    /// Starts within the other, and ends last.
    case overlappedBy
    /// Both start together, the other ends later.
    case starts
    /// Both start together, the other ends earlier.
    case startedBy
    /// Within the other, with neither start nor end in common.
    case during
    /// The other is within it, with neither start nor end in common.
    case contains
    /// Both end together, the other starts earlier.
    case finishes
    /// Both end together, the other starts later.
    case finishedBy
    case equals
    /// Has at least one tick in common.
    case intersects

    /// Whether `stretch` lies so to `other`. This is the definition of each relation.
    public func holds(_ stretch: Stretch, _ other: Stretch) -> Bool {
        guard stretch.stream == other.stream else { return false }
        let (a, b) = (stretch, other)
        switch self {
        case .before(let within): return b.start > a.end && b.start - a.end <= within
        case .after(let within): return a.start > b.end && a.start - b.end <= within
        case .precedes(let within): return b.start >= a.end && b.start - a.end <= within
        case .meets: return a.end == b.start
        case .metBy: return a.start == b.end
        case .overlaps: return a.start < b.start && b.start < a.end && a.end < b.end
        case .overlappedBy: return b.start < a.start && a.start < b.end && b.end < a.end
        case .starts: return a.start == b.start && a.end < b.end
        case .startedBy: return a.start == b.start && a.end > b.end
        case .during: return a.start > b.start && a.end < b.end
        case .contains: return a.start < b.start && a.end > b.end
        case .finishes: return a.end == b.end && a.start > b.start
        case .finishedBy: return a.end == b.end && a.start < b.start
        case .equals: return a.start == b.start && a.end == b.end
        case .intersects: return a.start < b.end && b.start < a.end
        }
    }

    /// The relation that holds of two stretches exactly where this one holds of them in time that runs
    /// backwards, for those that are answered so; `nil` for all others.
    var mirror: StretchRelation? {
        switch self {
        case .after(let within): .before(within: within)
        case .metBy: .meets
        case .overlappedBy: .overlaps
        case .finishes: .starts
        case .finishedBy: .startedBy
        default: nil
        }
    }

    /// Where the start of another stretch must be, both ends in it, and what its end must be, for it to lie
    /// so to `stretch`. Only for relations without a ``mirror``.
    func window(of stretch: Stretch) -> (starts: ClosedRange<Int64>, end: StretchIndex.EndTest)? {
        let least = Stretch.bounds.lowerBound, most = Stretch.bounds.upperBound
        let (start, end) = (stretch.start, stretch.end)
        func starts(_ low: Int64, _ high: Int64) -> ClosedRange<Int64>? { low <= high ? low...high : nil }
        func upTo(_ within: Int64) -> Int64 {
            let (sum, overflows) = end.addingReportingOverflow(within)
            return overflows ? most : min(most, sum)
        }
        switch self {
        case .before(let within): return starts(end + 1, upTo(within)).map { ($0, .any) }
        case .precedes(let within): return starts(end, upTo(within)).map { ($0, .any) }
        case .meets: return (end...end, .any)
        case .overlaps: return starts(start + 1, end - 1).map { ($0, .atLeast(end + 1)) }
        case .starts: return (start...start, .atLeast(end + 1))
        case .startedBy: return (start...start, .atMost(end - 1))
        case .during: return starts(least, start - 1).map { ($0, .atLeast(end + 1)) }
        case .contains: return starts(start + 1, end - 1).map { ($0, .atMost(end - 1)) }
        case .equals: return (start...start, .equal(end))
        case .intersects: return (least...end - 1, .atLeast(start + 1))
        case .after, .metBy, .overlappedBy, .finishes, .finishedBy: return nil
        }
    }
}
