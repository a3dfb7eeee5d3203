import Base
import CColumns

extension Column {
    /// The facet of a column with many different numbers. Rows that have changed since the codes were made,
    /// and rows appended since, are looked up one by one.
    func facetByCodes(over ids: IdSet?, limit: Int) -> FacetResult {
        let isFloat = type == .float
        var cached = cache.current
        if cached.facetCodes == nil {
            let made = FacetCodes(of: self)
            cache.keep(made)
            cached.facetCodes = made
            cached.stale = []
        }
        guard let codes = cached.facetCodes else { return FacetResult(values: [], distinct: 0, missing: 0) }
        let stale = cached.stale
        let appended = max(rowCount - codes.rowCount, 0)
        let greatest = codes.greatestCount + stale.count + appended
        let counters = Counters(
            count: codes.distinct + 1, width: greatest <= 0xFF ? 1 : greatest <= 0xFFFF ? 2 : 4)
        countCodes(codes, over: ids, without: stale, into: counters)

        var others: [UInt64: Int] = [:]
        var present = 0
        let changed = stale.lazy.map { LocalID($0) }
        let following = LocalID(min(codes.rowCount, rowCount))..<LocalID(rowCount)
        func add(_ row: LocalID) {
            guard ids?.contains(row) ?? true, let bits = bits(at: row) else { return }
            let key = SortKeys.key(bits, isFloat: isFloat)
            if let code = codes.code(ofKey: key, isFloat: isFloat) {
                counters.add(code)
            } else {
                others[key, default: 0] += 1
            }
        }
        changed.forEach(add)
        following.forEach(add)

        let top = counters.top(limit, of: codes.distinct)
        forEachChunk(over: ids) { present += fovea_columns_count_both($2, nil, $1.words) }
        var entries = top.entries.map {
            (key: SortKeys.key(codes.bits(of: $0.index), isFloat: isFloat), count: $0.count)
        }
        if !others.isEmpty {
            entries += others.map { ($0.key, $0.value) }
            entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.key < $1.key }
        }
        return FacetResult(
            values: entries.prefix(limit).map {
                FacetResult.Entry(
                    value: value(bits: SortKeys.bits($0.key, isFloat: isFloat)), count: $0.count)
            },
            distinct: top.distinct + others.count, missing: (ids?.count ?? rowCount) - present)
    }

    // MARK: - Private

    /// Counts the codes of the rows of `ids` that still have the value they had.
    private func countCodes(
        _ codes: FacetCodes, over ids: IdSet?, without stale: [UInt32], into counters: Counters
    ) {
        let total = wordCount(forBits: codes.rowCount)
        func count(_ words: UnsafePointer<UInt64>, _ wordCount: Int) {
            fovea_columns_count(
                codes.codes.base, 4, words, min(wordCount, total), counters.base, Int32(counters.width))
        }
        if let ids, stale.isEmpty {
            ids.words.withUnsafeBufferPointer { words in
                if let start = words.baseAddress { count(start, words.count) }
            }
            return
        }
        var words = ids?.words ?? [UInt64](repeating: .max, count: total)
        for row in stale where Int(row) / 64 < words.count {
            words[Int(row) / 64] &= ~(1 << UInt64(row % 64))
        }
        words.withUnsafeBufferPointer { words in
            if let start = words.baseAddress { count(start, words.count) }
        }
    }
}
