public import Base
import CColumns

extension PostingIndex {
    /// For each key how many entities of `ids` (`nil`: of all) have a connection to it that satisfies all of
    /// `ranges`; keys in order, those without any left out.
    ///
    /// Without ids and ranges the counts are kept; otherwise every edge is looked at, about 0.5 ms per
    /// million.
    public func facet(over ids: IdSet?, where ranges: [PostingRange] = []) -> [PostingCount] {
        guard let conditions = conditions(ranges) else { return [] }
        var counts: [PostingCount] = []
        func add(_ page: Int, _ place: Int, _ count: Int) {
            if count > 0 {
                counts.append(PostingCount(key: UInt32(page * KeyPage.width + place), count: count))
            }
        }
        if ids == nil, conditions.isEmpty {
            pages.forEach { index, page in
                for place in 0..<KeyPage.width { add(index, place, Int(page.idCounts[place])) }
            }
            return counts
        }
        let scratch = EdgeScratch()
        withPaddedWords(of: ids) { set, cellCounts in
            var scan = EdgeScan(conditions, set: set, cellCounts: cellCounts, scratch: scratch)
            pages.forEach { index, page in
                let common = commonCounts(page, conditions, set, scratch)
                var own = 0
                for place in 0..<KeyPage.width {
                    guard own < page.ownPlaces.count, Int(page.ownPlaces[own]) == place else {
                        if let common { add(index, place, common[place]) }
                        continue
                    }
                    add(index, place, scan.idCount(of: own, in: page))
                    own += 1
                }
            }
        }
        return counts
    }

    // MARK: - Private

    /// What the edges in the page's common block count for each key; `nil` where there are none.
    private func commonCounts(
        _ page: KeyPage, _ conditions: [EdgeCondition], _ set: UnsafePointer<UInt64>?, _ scratch: EdgeScratch
    ) -> [Int]? {
        guard let block = page.common else { return nil }
        let matches = block.match(conditions, scratch: scratch)
        if case .none = matches { return nil }
        return (0..<KeyPage.width).map { place in
            let range = page.commonRange(of: place)
            return range.isEmpty ? 0 : block.idCountOneByOne(matches, in: set, places: range)
        }
    }

    /// Calls `body` with the bits of a set, padded to reach the last cell whole, and how many there are in
    /// each cell.
    private func withPaddedWords(of ids: IdSet?, _ body: (UnsafePointer<UInt64>?, [Int]?) -> Void) {
        guard let ids else { return body(nil, nil) }
        var words = [UInt64](repeating: 0, count: paddedWordCount)
        if ids.isDense {
            let source = ids.words
            let count = min(source.count, words.count)
            words.withUnsafeMutableBufferPointer { words in
                for word in 0..<count { words[word] = source[word] }
            }
        } else {
            for id in ids.ids where Int(id) / 64 < words.count { words[Int(id) / 64] |= 1 << UInt64(id % 64) }
        }
        words.withUnsafeBufferPointer { words in
            guard let start = words.baseAddress else { return }
            let counts = stride(from: 0, to: words.count, by: EdgeBlock.cellWords).map {
                fovea_columns_count_both(start + $0, nil, EdgeBlock.cellWords)
            }
            body(start, counts)
        }
    }
}
