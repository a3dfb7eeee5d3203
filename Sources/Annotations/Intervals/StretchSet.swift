/// A set of moments, of any number of streams: sorted stretches of which no two share or touch.
///
/// All operations take time linear in the stretches of both sides.
public struct StretchSet: Sendable, Hashable {
    /// Rising; between two of a stream there is at least one tick.
    public let stretches: [Stretch]

    /// All moments that are in any of `stretches`, which may come in any order and overlap.
    /// - Complexity: O(n) where they are sorted, else O(n log n).
    public init(_ stretches: some Sequence<Stretch>) {
        var sorted = Array(stretches)
        if !sorted.isRising { sorted.sort() }
        self.init(sorted: sorted)
    }

    /// The empty set.
    public init() { stretches = [] }

    private init(sorted: [Stretch]) {
        var merged: [Stretch] = []
        merged.reserveCapacity(sorted.count)
        for stretch in sorted {
            if let last = merged.last, last.stream == stretch.stream, stretch.start <= last.end {
                if stretch.end > last.end {
                    merged[merged.count - 1] = Stretch(known: last.stream, last.start, stretch.end)
                }
            } else {
                merged.append(stretch)
            }
        }
        stretches = merged
    }

    /// For what is known to be right.
    private init(known: [Stretch]) { stretches = known }

    /// Ticks in all, of all streams; no more than `Int64.max`.
    public var length: Int64 {
        stretches.reduce(0) { sum, stretch in
            let (more, overflows) = sum.addingReportingOverflow(stretch.length)
            return overflows ? .max : more
        }
    }

    /// What is in either.
    public func union(_ other: StretchSet) -> StretchSet {
        var all: [Stretch] = []
        all.reserveCapacity(stretches.count + other.stretches.count)
        var (mine, theirs) = (stretches[...], other.stretches[...])
        while let left = mine.first, let right = theirs.first {
            if left < right {
                all.append(left)
                mine.removeFirst()
            } else {
                all.append(right)
                theirs.removeFirst()
            }
        }
        all += mine
        all += theirs
        return StretchSet(sorted: all)
    }

    /// What is in both.
    public func intersection(_ other: StretchSet) -> StretchSet {
        var common: [Stretch] = []
        var (here, there) = (0, 0)
        while here < stretches.count, there < other.stretches.count {
            let left = stretches[here], right = other.stretches[there]
            if left.stream != right.stream {
                if left.stream < right.stream { here += 1 } else { there += 1 }
                continue
            }
            let start = max(left.start, right.start), end = min(left.end, right.end)
            if start < end { common.append(Stretch(known: left.stream, start, end)) }
            if left.end < right.end { here += 1 } else { there += 1 }
        }
        return StretchSet(known: common)
    }

    /// What is in this one and not in `other`. A complement is what a stream's whole stretch leaves of it.
    public func subtracting(_ other: StretchSet) -> StretchSet {
        var left: [Stretch] = []
        var there = 0
        for stretch in stretches {
            var start = stretch.start
            while there < other.stretches.count, other.stretches[there].isWhollyBefore(stretch) { there += 1 }
            var next = there
            while next < other.stretches.count, start < stretch.end {
                let taken = other.stretches[next]
                guard taken.stream == stretch.stream, taken.start < stretch.end else { break }
                if taken.start > start { left.append(Stretch(known: stretch.stream, start, taken.start)) }
                start = max(start, taken.end)
                next += 1
            }
            if start < stretch.end { left.append(Stretch(known: stretch.stream, start, stretch.end)) }
        }
        return StretchSet(known: left)
    }

    /// The stretches that have at least so many ticks.
    public func lasting(atLeast ticks: Int64) -> StretchSet {
        StretchSet(known: stretches.filter { $0.length >= ticks })
    }

    /// With the gaps filled that have at most so many ticks.
    public func bridging(gaps ticks: Int64) -> StretchSet {
        var bridged: [Stretch] = []
        for stretch in stretches {
            if let last = bridged.last, last.stream == stretch.stream, stretch.start - last.end <= ticks {
                bridged[bridged.count - 1] = Stretch(known: last.stream, last.start, stretch.end)
            } else {
                bridged.append(stretch)
            }
        }
        return StretchSet(known: bridged)
    }

    /// Temporal intersection over union, in `0...1`: of two empty sets 1.
    public func iou(with other: StretchSet) -> Double {
        let common = Double(intersection(other).length), all = Double(length) + Double(other.length) - common
        return all == 0 ? 1 : common / all
    }
}

extension Stretch {
    /// Whether it ends, or its stream comes, before the other begins.
    fileprivate func isWhollyBefore(_ other: Stretch) -> Bool {
        stream != other.stream ? stream < other.stream : end <= other.start
    }
}

extension [Stretch] {
    var isRising: Bool {
        var index = 1
        while index < count {
            if self[index] < self[index - 1] { return false }
            index += 1
        }
        return true
    }
}
