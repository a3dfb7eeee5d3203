public import Base
import CColumns

extension Column {
    /// How often each value occurs in the rows of `ids`, or in all rows below ``rowCount`` if `nil`.
    ///
    /// Lists at most `limit` values. Columns with few different values, or a narrow range of integers, are
    /// counted directly; others by sorting the rows, or, once that was done for half as many rows as there
    /// are, by codes that are then made (0.05 s per million rows) and that later versions keep using.
    public func facet(over ids: IdSet?, limit: Int) -> FacetResult {
        let limit = max(limit, 0)
        let candidates = ids?.count ?? rowCount
        if type == .string {
            let isSparse = candidates < rowCount / 64 && candidates * 4 < dictionary.count
            return isSparse
                ? facetBySorting(over: ids, limit: limit) : facetOfStrings(over: ids, limit: limit)
        }
        if let domain = CountingDomain(of: self) {
            if domain.span <= 65_536 || domain.span / 4 <= candidates {
                return facetByCounting(domain, over: ids, limit: limit)
            }
        }
        if candidates <= max(rowCount / 64, 1_024) || cache.sortsInstead(candidates, of: rowCount) {
            return facetBySorting(over: ids, limit: limit)
        }
        return facetByCodes(over: ids, limit: limit)
    }

    // MARK: - Private

    private func facetByCounting(_ domain: CountingDomain, over ids: IdSet?, limit: Int) -> FacetResult {
        let counters = Counters(count: domain.span, width: 4)
        let present = count(domain.least, over: ids, into: counters)
        let top = counters.top(limit)
        let entries = top.entries.map { entry in
            FacetResult.Entry(
                value: value(bits: domain.bits(domain.least + Int64(entry.index))), count: entry.count)
        }
        return FacetResult(
            values: entries, distinct: top.distinct, missing: (ids?.count ?? rowCount) - present)
    }

    private func facetOfStrings(over ids: IdSet?, limit: Int) -> FacetResult {
        let counters = Counters(count: dictionary.count, width: 4)
        let present = count(0, over: ids, into: counters)
        let top = counters.top(limit)
        return FacetResult(
            values: inOrderOfStrings(top, limit: limit) { threshold in
                (0..<dictionary.count).lazy.filter { counters[$0] == threshold }
            },
            distinct: top.distinct, missing: (ids?.count ?? rowCount) - present)
    }

    /// Adds up how often each integer occurs, the counter of `least` first; returns how many rows have a
    /// value.
    private func count(_ least: Int64, over ids: IdSet?, into counters: Counters) -> Int {
        var present = 0
        forEachChunk(over: ids) { _, chunk, bits in
            let rows = fovea_columns_count_both(bits, nil, chunk.words)
            present += rows
            let first = counters.words + Int(chunk.numbers.base - least)
            if chunk.numbers.width == 0 {
                first.pointee += UInt32(rows)
            } else {
                fovea_columns_count(
                    chunk.numbers.values, Int32(chunk.numbers.width), bits, chunk.words, first, 4)
            }
        }
        return present
    }

    private func facetBySorting(over ids: IdSet?, limit: Int) -> FacetResult {
        let isFloat = type == .float
        let keys = SortKeys(of: self, over: ids)
        keys.sort()
        var runs: [(key: UInt64, count: Int)] = []
        for place in 0..<keys.count {
            if place > 0, keys.keys[place] == keys.keys[place - 1] {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((keys.keys[place], 1))
            }
        }
        let missing = (ids?.count ?? rowCount) - keys.count
        let counters = Counters(count: runs.count, width: 4)
        for (index, run) in runs.enumerated() { counters.words[index] = UInt32(run.count) }
        let top = counters.top(limit)
        if type == .string {
            let named = Counters.Top(
                entries: top.entries.map { (Int(runs[$0.index].key ^ (1 << 63)), $0.count) },
                distinct: top.distinct)
            let entries = inOrderOfStrings(named, limit: limit) { threshold in
                runs.lazy.filter { $0.count == threshold }.map { Int($0.key ^ (1 << 63)) }
            }
            return FacetResult(values: entries, distinct: top.distinct, missing: missing)
        }
        let entries = top.entries.map { entry in
            FacetResult.Entry(
                value: value(bits: SortKeys.bits(runs[entry.index].key, isFloat: isFloat)), count: entry.count
            )
        }
        return FacetResult(values: entries, distinct: top.distinct, missing: missing)
    }

    /// The entries of codes, the most frequent first, and equally frequent strings in order: `ties` lists the
    /// codes that occur as often as the last entry.
    private func inOrderOfStrings(
        _ top: Counters.Top, limit: Int, ties: (Int) -> some Sequence<Int>
    ) -> [FacetResult.Entry] {
        var chosen = top.entries
        if let threshold = chosen.last?.count, top.distinct > chosen.count {
            chosen.removeAll { $0.count == threshold }
            var least: [Int] = []
            for code in ties(threshold) {
                let wanted = limit - chosen.count
                if least.count == wanted, dictionary.compare(code, least[wanted - 1]) > 0 { continue }
                if least.count == wanted { least.removeLast() }
                let place = least.partitioningIndex { dictionary.compare(code, $0) < 0 }
                least.insert(code, at: place)
            }
            chosen += least.map { ($0, threshold) }
        }
        chosen.sort { left, right in
            left.count != right.count
                ? left.count > right.count : dictionary.compare(left.index, right.index) < 0
        }
        return chosen.map { FacetResult.Entry(value: .string(dictionary.string($0.index)), count: $0.count) }
    }
}

extension [Int] {
    /// The place of the first element that satisfies `predicate`, which holds from some place on.
    fileprivate func partitioningIndex(_ predicate: (Int) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
