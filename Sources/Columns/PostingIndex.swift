public import Base
import CColumns

/// Which entities are connected to a key, by what numbers: the connections of one class, or the labels, in
/// memory.
///
/// A key is the target's id, or the number of a label class. Each key has its edges in order of the entities
/// they start from, with the connection's numeric properties beside them, exact to the bit. The same entity
/// may be connected to the same key several times. Counts called ids are of different entities, counts called
/// edges are of connections. Versions are immutable and share whatever a change does not touch. Takes 4 to 6
/// bytes an edge with one property of few decimals.
public final class PostingIndex: Sendable {
    /// The names of the numeric properties of the connections, in the order of ``PostingEdge/values``.
    public let properties: [String]
    /// How many connections there are.
    public let edgeCount: Int
    /// One more than the greatest id that ever had an edge.
    public let idLimit: Int
    let pages: ChunkList<KeyPage>

    init(properties: [String], edgeCount: Int, idLimit: Int, pages: ChunkList<KeyPage>) {
        self.properties = properties
        self.edgeCount = edgeCount
        self.idLimit = idLimit
        self.pages = pages
    }

    /// An index without edges.
    public convenience init(properties: [String] = []) {
        self.init(properties: properties, edgeCount: 0, idLimit: 0, pages: ChunkList())
    }

    /// The keys that have an edge, in order.
    public var keys: [UInt32] { facet(over: nil).map(\.key) }

    /// How many different entities are connected to `key`. Kept, not counted.
    public func idCount(of key: UInt32) -> Int {
        pages[Int(key) / KeyPage.width].map { Int($0.idCounts[Int(key) % KeyPage.width]) } ?? 0
    }

    /// How many connections lead to `key`; several of one entity count each.
    public func edgeCount(of key: UInt32) -> Int {
        pages[Int(key) / KeyPage.width]?.edgeCount(at: Int(key) % KeyPage.width) ?? 0
    }

    /// Whether an entity is connected to a key more than once: then counts of ids and of edges differ.
    public var hasRepeats: Bool {
        var ids = 0
        pages.forEach { _, page in for count in page.idCounts { ids += Int(count) } }
        return ids != edgeCount
    }

    /// The connections that lead to `key`, in order of their entities.
    public func edges(of key: UInt32) -> [PostingEdge] {
        guard let page = pages[Int(key) / KeyPage.width] else { return [] }
        let list = page.list(at: Int(key) % KeyPage.width, propertyCount: properties.count)
        return list.ids.indices.map { place in
            PostingEdge(key: key, id: list.ids[place], values: list.columns.map { $0[place] })
        }
    }

    /// The entities with a connection to `key` that satisfies all of `ranges`. No connection satisfies a
    /// range of a property that the index does not have.
    public func select(_ key: UInt32, where ranges: [PostingRange] = []) -> IdSet {
        select(keys: CollectionOfOne(key), where: ranges)
    }

    /// The entities with a connection to any of `keys` that satisfies all of `ranges`.
    public func select(keys: some Collection<UInt32>, where ranges: [PostingRange] = []) -> IdSet {
        guard let conditions = conditions(ranges) else { return IdSet() }
        if conditions.isEmpty, keys.count > PostingIndex.fewKeys { return selectAll(keys) }
        let edges = keys.reduce(0) { $0 + edgeCount(of: $1) }
        let scratch = EdgeScratch()
        // Where the answer is sparse, ids are collected; where it may be dense, bits.
        if edges < max(idLimit / 32, 1) {
            var ids: [LocalID] = []
            for key in keys {
                forEachBlock(of: key) { block, range in
                    if let range {
                        let matches = block.match(
                            conditions, first: range.lowerBound, count: range.count, scratch: scratch)
                        append(block, range, matches, to: &ids)
                    } else {
                        block.append(block.match(conditions, scratch: scratch), to: &ids, scratch: scratch)
                    }
                }
            }
            return keys.count == 1 ? IdSet(sorted: ids) : IdSet(ids)
        }
        var words = [UInt64](repeating: 0, count: paddedWordCount)
        var known: Int? = 0
        words.withUnsafeMutableBufferPointer { words in
            guard let out = words.baseAddress else { return }
            for key in keys {
                forEachBlock(of: key) { block, range in
                    if let range {
                        let matches = block.match(
                            conditions, first: range.lowerBound, count: range.count, scratch: scratch)
                        var ids: [LocalID] = []
                        append(block, range, matches, to: &ids)
                        for id in ids { out[Int(id) / 64] |= 1 << UInt64(id % 64) }
                        known = nil
                    } else {
                        let matches = block.match(conditions, scratch: scratch)
                        block.scatter(matches, into: out, scratch: scratch)
                        known = block.hasRepeats ? nil : known.map { $0 + block.idCount(matches, in: nil) }
                    }
                }
            }
        }
        return IdSet(words: words, count: keys.count == 1 ? known : nil)
    }

    /// Bytes held, those shared with other versions included.
    public var byteCount: Int {
        var sum = pages.byteCount + 96
        pages.forEach { sum += $1.byteCount }
        return sum
    }

    /// Words for all ids, whole cells.
    var paddedWordCount: Int {
        (idLimit + EdgeBlock.cellWidth - 1) / EdgeBlock.cellWidth * EdgeBlock.cellWords
    }

    /// The ranges made ready; `nil` where no edge can satisfy them.
    func conditions(_ ranges: [PostingRange]) -> [EdgeCondition]? {
        var conditions: [EdgeCondition] = []
        for range in ranges {
            guard let property = properties.firstIndex(of: range.property),
                let test = NumberTest(from: range.lower, to: range.upper, type: .float)
            else { return nil }
            conditions.append(EdgeCondition(property: property, test: test))
        }
        return conditions
    }

    // MARK: - Private

    private static let fewKeys = 64

    /// Keys that are worth another core.
    private static let keysAPart = 8_192

    /// The entities connected to any of many keys.
    private func selectAll(_ keys: some Collection<UInt32>) -> IdSet {
        let keys = ContiguousArray(keys)
        guard keys.count >= 2 * PostingIndex.keysAPart else { return IdSet(words: words(of: keys[...])) }
        let parts = ForkJoin.map(keys.count / PostingIndex.keysAPart) { part in
            let isLast = part + 1 == keys.count / PostingIndex.keysAPart
            let first = part * PostingIndex.keysAPart
            return self.words(of: keys[first..<(isLast ? keys.count : first + PostingIndex.keysAPart)])
        }
        var all = parts[0]
        for part in parts.dropFirst() {
            all.withUnsafeMutableBufferPointer { all in
                part.withUnsafeBufferPointer { part in
                    if let out = all.baseAddress, let bits = part.baseAddress {
                        fovea_columns_or(out, bits, all.count)
                    }
                }
            }
        }
        return IdSet(words: all)
    }

    /// The bits of those connected to any of some keys: each page is taken up once for those of its keys that
    /// follow one another, and no edge's numbers are looked at.
    private func words(of keys: ContiguousArray<UInt32>.SubSequence) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: paddedWordCount)
        let scratch = EdgeScratch()
        words.withUnsafeMutableBufferPointer { words in
            guard let out = words.baseAddress else { return }
            var first = keys.startIndex
            while first < keys.endIndex {
                let number = Int(keys[first]) / KeyPage.width
                var end = first + 1
                while end < keys.endIndex, Int(keys[end]) / KeyPage.width == number { end += 1 }
                if let page = pages[number] { page.scatterAll(keys[first..<end], into: out, scratch) }
                first = end
            }
        }
        return words
    }

    /// Calls `body` with each block of a key, and the edges of it that are the key's, `nil` where all are.
    private func forEachBlock(of key: UInt32, _ body: (EdgeBlock, Range<Int>?) -> Void) {
        switch pages[Int(key) / KeyPage.width]?.edges(at: Int(key) % KeyPage.width) {
        case nil, .some(.none): return
        case .some(.common(let block, let range)): body(block, range)
        case .some(.own(let posting)): for block in posting.blocks { body(block, nil) }
        }
    }

    /// Appends the different ids of the matching edges in a range of a block of 32-bit ids.
    private func append(
        _ block: EdgeBlock, _ range: Range<Int>, _ matches: EdgeMatches, to ids: inout [LocalID]
    ) {
        let start = ids.count
        for place in range {
            switch matches {
            case .none: return
            case .all: break
            case .some(let bits, _): if !UnsafePointer(bits).isSet(place - range.lowerBound) { continue }
            }
            let id = block.id(at: place)
            if ids.count == start || ids[ids.count - 1] != id { ids.append(id) }
        }
    }
}
