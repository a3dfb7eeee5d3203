public import Base
import CColumns

extension PostingIndex {
    /// For each key how many entities of `ids` (`nil`: of all) have a connection to it that satisfies all of
    /// `ranges`; keys in order, those without any left out.
    ///
    /// Without ids and ranges the counts are kept; otherwise every edge is looked at, about 0.5 ms per
    /// million, by all cores that have nothing else to do.
    public func facet(over ids: IdSet?, where ranges: [PostingRange] = []) -> [PostingCount] {
        facet(over: ids, where: ranges, edgesAPart: 250_000)
    }

    /// - Parameter edgesAPart: fewer edges than so many are not worth another thread.
    func facet(over ids: IdSet?, where ranges: [PostingRange], edgesAPart: Int) -> [PostingCount] {
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
        let set = ids.map { PaddedWords($0, count: paddedWordCount) }
        let parts = facetParts(ofEdges: edgesAPart)
        return ForkJoin.map(parts.count) { part in
            self.facet(of: parts[part], set, conditions)
        }.flatMap { $0 }
    }

    // MARK: - Private

    /// Keys of one page that are counted together.
    private struct FacetPart {
        var page: Int
        var places: Range<Int>
    }

    /// All keys, in parts that threads may take.
    private func facetParts(ofEdges edgesAPart: Int) -> [[FacetPart]] {
        var parts: [[FacetPart]] = [[]]
        var edges = 0
        pages.forEach { index, page in
            var first = 0
            for (place, posting) in zip(page.ownPlaces, page.postings) {
                edges += posting.edgeCount
                guard edges >= edgesAPart, place < KeyPage.width - 1 else { continue }
                parts[parts.count - 1].append(FacetPart(page: index, places: first..<Int(place) + 1))
                parts.append([])
                (first, edges) = (Int(place) + 1, 0)
            }
            edges += page.common?.count ?? 0
            parts[parts.count - 1].append(FacetPart(page: index, places: first..<KeyPage.width))
            if edges >= edgesAPart {
                parts.append([])
                edges = 0
            }
        }
        return parts
    }

    private func facet(
        of parts: [FacetPart], _ set: PaddedWords?, _ conditions: [EdgeCondition]
    ) -> [PostingCount] {
        var counts: [PostingCount] = []
        let scratch = EdgeScratch()
        PaddedWords.withWords(of: set) { words in
            var scan = EdgeScan(conditions, set: words, cellCounts: set?.cellCounts, scratch: scratch)
            for part in parts {
                guard let page = pages[part.page] else { continue }
                let common = commonCounts(page, part.places, conditions, words, scratch)
                var own =
                    page.ownPlaces.firstIndex { Int($0) >= part.places.lowerBound } ?? page.ownPlaces.count
                for place in part.places {
                    var count = 0
                    if own < page.ownPlaces.count, Int(page.ownPlaces[own]) == place {
                        count = scan.idCount(of: own, in: page)
                        own += 1
                    } else if let common {
                        count = common[place - part.places.lowerBound]
                    }
                    guard count > 0 else { continue }
                    let key = UInt32(part.page * KeyPage.width + place)
                    counts.append(PostingCount(key: key, count: count))
                }
            }
        }
        return counts
    }

    /// What the edges in the page's common block count for each key; `nil` where there are none.
    private func commonCounts(
        _ page: KeyPage, _ places: Range<Int>, _ conditions: [EdgeCondition], _ set: UnsafePointer<UInt64>?,
        _ scratch: EdgeScratch
    ) -> [Int]? {
        guard let block = page.common else { return nil }
        let matches = block.match(conditions, scratch: scratch)
        if case .none = matches { return nil }
        return places.map { place in
            let range = page.commonRange(of: place)
            return range.isEmpty ? 0 : block.idCountOneByOne(matches, in: set, places: range)
        }
    }
}

/// The bits of a set, padded to reach the last cell whole, and how many there are in each cell.
private struct PaddedWords: Sendable {
    private let words: [UInt64]
    let cellCounts: [Int]

    init(_ ids: IdSet, count: Int) {
        var words = [UInt64](repeating: 0, count: count)
        if ids.isDense {
            let source = ids.words
            let count = min(source.count, words.count)
            words.withUnsafeMutableBufferPointer { words in
                for word in 0..<count { words[word] = source[word] }
            }
        } else {
            for id in ids.ids where Int(id) / 64 < words.count { words[Int(id) / 64] |= 1 << UInt64(id % 64) }
        }
        cellCounts = words.withUnsafeBufferPointer { words in
            words.baseAddress.map { start in
                stride(from: 0, to: words.count, by: EdgeBlock.cellWords).map {
                    fovea_columns_count_both(start + $0, nil, EdgeBlock.cellWords)
                }
            } ?? []
        }
        self.words = words
    }

    static func withWords<Result>(
        of set: PaddedWords?, _ body: (UnsafePointer<UInt64>?) -> Result
    ) -> Result {
        guard let set else { return body(nil) }
        return set.words.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
