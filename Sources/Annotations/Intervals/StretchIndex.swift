/// Stretches that many questions are put to: which of others lie so to any of them, and what follows on what.
///
/// They are kept in order, with the least and the greatest end of every run of a power of two beside them (a
/// segment tree). A question about one stretch takes O(log n); one about a list of them O(m log n).
public struct StretchIndex: Sendable {
    /// What the end of a stretch is to be.
    enum EndTest {
        case any
        case atLeast(Int64)
        case atMost(Int64)
        case equal(Int64)
    }

    /// In order. They may overlap, and be equal.
    public let stretches: [Stretch]
    /// Where each stream begins in `stretches`, in the order of `streams`, and the count behind the last.
    private let streams: [UInt32]
    private let begins: [Int]
    private let ends: RangeExtremes

    /// - Complexity: O(n) where they are sorted, else O(n log n).
    public init(_ stretches: [Stretch]) {
        let sorted = stretches.isRising ? stretches : stretches.sorted()
        self.stretches = sorted
        var streams: [UInt32] = []
        var begins: [Int] = []
        for index in sorted.indices where index == 0 || sorted[index].stream != sorted[index - 1].stream {
            streams.append(sorted[index].stream)
            begins.append(index)
        }
        begins.append(sorted.count)
        self.streams = streams
        self.begins = begins
        ends = RangeExtremes(sorted.lazy.map(\.end))
    }

    /// Those of `candidates` that lie to at least one of these as `relation` says, in their order.
    ///
    /// - Complexity: O(m log n). ``StretchRelation/after(within:)``, `metBy`, `overlappedBy`, `finishes` and
    ///   `finishedBy` are answered in time that runs backwards, for which both sides are sorted anew first.
    public func filter(_ candidates: [Stretch], _ relation: StretchRelation) -> [Stretch] {
        if let mirror = relation.mirror {
            let backwards = StretchIndex(stretches.reversed().map(\.mirrored))
            var places = Places(backwards)
            return candidates.filter { places.has($0.mirrored, mirror) }
        }
        var places = Places(self)
        return candidates.filter { places.has($0, relation) }
    }

    /// Whether at least one lies so that `relation` holds of `stretch` and it.
    public func contains(_ relation: StretchRelation, of stretch: Stretch) -> Bool {
        !filter([stretch], relation).isEmpty
    }

    /// The chains of one stretch of `first` and one of each step, each ``StretchRelation/precedes(within:)``
    /// the next: for each stretch of `first` from which a chain leads to the last step, the span from its
    /// start to the earliest end that any of its chains has.
    ///
    /// - Parameter steps: what follows, and by how many ticks at most it starts behind the end of what is
    ///   before it.
    /// - Complexity: O(n log n) for n stretches in all.
    public static func chains(
        from first: StretchIndex, _ steps: [(within: Int64, stretches: StretchIndex)]
    ) -> [Stretch] {
        let all = [first] + steps.map(\.stretches)
        let none = Int64.max
        // The earliest end of a chain from each stretch of a step to the last one.
        var earliest = all[all.count - 1].stretches.map(\.end)
        for place in steps.indices.reversed() {
            let best = RangeExtremes(earliest)
            var places = Places(all[place + 1])
            let relation = StretchRelation.precedes(within: steps[place].within)
            earliest = all[place].stretches.map { stretch in
                guard let window = relation.window(of: stretch),
                    let range = places.range(of: stretch.stream, window.starts)
                else { return none }
                return best.least(in: range)
            }
        }
        return zip(first.stretches, earliest).compactMap { stretch, end in
            end == none ? nil : Stretch(known: stretch.stream, stretch.start, end)
        }
    }

    // MARK: - Private

    /// Asks about one stretch after another, and looks near to where the last answer was found.
    private struct Places {
        let index: StretchIndex
        private var stream = 0
        private var first = 0
        private var after = 0

        init(_ index: StretchIndex) { self.index = index }

        mutating func has(_ stretch: Stretch, _ relation: StretchRelation) -> Bool {
            guard let (starts, test) = relation.window(of: stretch),
                let range = range(of: stretch.stream, starts)
            else { return false }
            switch test {
            case .any: return true
            case .atLeast(let end): return index.ends.greatest(in: range) >= end
            case .atMost(let end): return index.ends.least(in: range) <= end
            case .equal(let end):
                // Equal starts are in the order of their ends.
                var place = range.lowerBound
                index.partition(range, &place) { $0.end >= end }
                return place < range.upperBound && index.stretches[place].end == end
            }
        }

        /// Where the stretches of a stream are that start in `starts`; `nil` where there are none.
        mutating func range(of number: UInt32, _ starts: ClosedRange<Int64>) -> Range<Int>? {
            if stream >= index.streams.count || index.streams[stream] != number {
                var (low, high) = (0, index.streams.count)
                while low < high {
                    let middle = (low + high) / 2
                    if index.streams[middle] < number { low = middle + 1 } else { high = middle }
                }
                guard low < index.streams.count, index.streams[low] == number else { return nil }
                stream = low
            }
            let all = index.begins[stream]..<index.begins[stream + 1]
            index.partition(all, &first) { $0.start >= starts.lowerBound }
            index.partition(first..<all.upperBound, &after) { $0.start > starts.upperBound }
            return first < after ? first..<after : nil
        }
    }

    /// Makes `place` the first in `range` at which `isBehind`, which is false up to a place and true from
    /// there on. Goes from where `place` is, by steps that double.
    private func partition(_ range: Range<Int>, _ place: inout Int, _ isBehind: (Stretch) -> Bool) {
        var (low, high) = (range.lowerBound, range.upperBound)
        let start = min(max(place, low), high)
        var step = 1
        if start < high, !isBehind(stretches[start]) {
            low = start + 1
            while low + step <= high, !isBehind(stretches[low + step - 1]) {
                low += step
                step *= 2
            }
            high = min(high, low + step - 1)
        } else {
            high = start
            while high - step >= low, isBehind(stretches[high - step]) {
                high -= step
                step *= 2
            }
            low = max(low, high - step + 1)
        }
        while low < high {
            let middle = (low + high) / 2
            if isBehind(stretches[middle]) { high = middle } else { low = middle + 1 }
        }
        place = low
    }
}
