import Base

/// The postings of 256 consecutive keys, immutable. Keys with few edges lie together in one block, as an
/// object for each would cost more than its edges; a key with many has a posting of its own.
final class KeyPage: Sendable {
    static let width = 256
    /// A key with more edges than this moves out of the common block, and back at half as many.
    private static let commonLimit = 64

    /// For each key where its edges end in `common`.
    let ends: [UInt32]
    /// For each key how many different ids it has, wherever they lie.
    let idCounts: [UInt32]
    /// The edges of keys with few, key after key; `nil` where there are none.
    let common: EdgeBlock?
    /// Keys with a posting of their own, in order, as places in the page.
    let ownPlaces: [UInt8]
    let postings: [Posting]
    /// The blocks of all postings, one posting after the other, and where each posting's end.
    let runs: [EdgeRun]
    let runEnds: [UInt32]

    /// - Parameter runs: ``runs`` and ``runEnds`` where they are known; they are gathered otherwise.
    init(
        ends: [UInt32], idCounts: [UInt32], common: EdgeBlock?, ownPlaces: [UInt8], postings: [Posting],
        runs: (all: [EdgeRun], ends: [UInt32])? = nil
    ) {
        self.ends = ends
        self.idCounts = idCounts
        self.common = common
        self.ownPlaces = ownPlaces
        self.postings = postings
        if let runs {
            self.runs = runs.all
            runEnds = runs.ends
            return
        }
        var end: UInt32 = 0
        self.runs = postings.flatMap { $0.blocks.map(EdgeRun.init) }
        runEnds = postings.map { posting in
            end += UInt32(posting.blocks.count)
            return end
        }
    }

    /// The edges of the key at `place`: a part of the common block, or a posting.
    enum Edges {
        case none
        case common(EdgeBlock, Range<Int>)
        case own(Posting)
    }

    func edges(at place: Int) -> Edges {
        if let index = ownIndex(of: place) { return .own(postings[index]) }
        let range = commonRange(of: place)
        guard let common, !range.isEmpty else { return .none }
        return .common(common, range)
    }

    func commonRange(of place: Int) -> Range<Int> {
        (place == 0 ? 0 : Int(ends[place - 1]))..<Int(ends[place])
    }

    /// Sets the bits of all ids with an edge to one of `keys`, which are of this page.
    func scatterAll(_ keys: ContiguousArray<UInt32>.SubSequence, into out: BitBuffer, _ scratch: EdgeScratch)
    {
        let common = common
        // A common block has whole ids. Its memory is taken up once: to ask the block for each id would count
        // references to it each time.
        let ids = common.map { UnsafeRawPointer($0.places.base).assumingMemoryBound(to: LocalID.self) }
        let hasOwn = !ownPlaces.isEmpty
        withExtendedLifetime(common) {
            ends.withUnsafeBufferPointer { ends in
                keys.withUnsafeBufferPointer { keys in
                    for key in keys {
                        let place = Int(key) % KeyPage.width
                        if hasOwn, let index = ownIndex(of: place) {
                            for block in postings[index].blocks {
                                block.scatter(.all, into: out, scratch: scratch)
                            }
                            continue
                        }
                        guard let ids else { continue }
                        for edge in (place == 0 ? 0 : Int(ends[place &- 1]))..<Int(ends[place]) {
                            let id = Int(ids[edge])
                            out[id >> 6] |= 1 << UInt64(id & 63)
                        }
                    }
                }
            }
        }
    }

    func edgeCount(at place: Int) -> Int {
        switch edges(at: place) {
        case .none: 0
        case .common(_, let range): range.count
        case .own(let posting): posting.edgeCount
        }
    }

    func list(at place: Int, propertyCount: Int) -> EdgeList {
        switch edges(at: place) {
        case .none: EdgeList(propertyCount: propertyCount)
        case .common(let block, let range):
            EdgeList(
                ids: range.map { block.id(at: $0) },
                columns: block.numbers.map { numbers in range.map { numbers.double(at: $0) } })
        case .own(let posting): posting.list
        }
    }

    var byteCount: Int {
        postings.reduce(
            240 + KeyPage.width * 8 + (common?.byteCount ?? 0) + runs.count * MemoryLayout<EdgeRun>.stride
        ) { $0 + $1.byteCount + 9 }
    }

    /// The page with the edges of some keys changed; `nil` if none is left. Both lists are ordered by id.
    func applying(
        _ changes: [(place: Int, insertions: EdgeList, deletions: EdgeList)], propertyCount: Int
    ) throws(ColumnsError) -> KeyPage? {
        if let page = try applyingToOwn(changes) { return page }
        var own: [Int: Posting] = [:]
        for (index, place) in ownPlaces.enumerated() { own[Int(place)] = postings[index] }
        var few: [Int: EdgeList] = [:]
        for change in changes {
            if let posting = own[change.place] {
                own[change.place] = try posting.applying(
                    insertions: change.insertions, deletions: change.deletions)
                if let posting = own[change.place], posting.edgeCount > KeyPage.commonLimit / 2 { continue }
                few[change.place] =
                    own.removeValue(forKey: change.place)?.list ?? EdgeList(propertyCount: propertyCount)
            } else {
                let list = try list(at: change.place, propertyCount: propertyCount)
                    .applying(insertions: change.insertions, deletions: change.deletions)
                if list.count > KeyPage.commonLimit {
                    own[change.place] = Posting(list)
                    few[change.place] = EdgeList(propertyCount: propertyCount)
                } else {
                    few[change.place] = list
                }
            }
        }
        return rebuilding(own, few: few, propertyCount: propertyCount)
    }

    // MARK: - Building

    /// A page of postings by place, each list with at least one edge.
    convenience init?(_ lists: [(place: Int, edges: EdgeList)], propertyCount: Int) {
        var own: [Int: Posting] = [:]
        var few: [Int: EdgeList] = [:]
        for list in lists {
            if list.edges.count > KeyPage.commonLimit {
                own[list.place] = Posting(list.edges)
            } else {
                few[list.place] = list.edges
            }
        }
        guard !own.isEmpty || !few.isEmpty else { return nil }
        self.init(own: own, propertyCount: propertyCount) { few[$0] }
    }

    // MARK: - Private

    private convenience init(own: [Int: Posting], propertyCount: Int, few: (Int) -> EdgeList?) {
        var ends: [UInt32] = []
        var idCounts: [UInt32] = []
        var common = EdgeList(propertyCount: propertyCount)
        for place in 0..<KeyPage.width {
            if let posting = own[place] {
                idCounts.append(UInt32(posting.idCount))
            } else if let list = few(place) {
                idCounts.append(UInt32(list.idCount))
                common.append(contentsOf: list)
            } else {
                idCounts.append(0)
            }
            ends.append(UInt32(common.count))
        }
        let places = own.keys.sorted()
        self.init(
            ends: ends, idCounts: idCounts, common: common.count == 0 ? nil : EdgeBlock(common, cell: nil),
            ownPlaces: places.map { UInt8($0) }, postings: places.compactMap { own[$0] })
    }

    private func ownIndex(of place: Int) -> Int? {
        var low = 0
        var high = ownPlaces.count
        while low < high {
            let middle = (low + high) / 2
            if Int(ownPlaces[middle]) < place { low = middle + 1 } else { high = middle }
        }
        return low < ownPlaces.count && Int(ownPlaces[low]) == place ? low : nil
    }

    /// The page with changed postings of keys that have and keep their own: the usual change, for which
    /// nothing else need be looked at. `nil` where another key is concerned.
    private func applyingToOwn(
        _ changes: [(place: Int, insertions: EdgeList, deletions: EdgeList)]
    ) throws(ColumnsError) -> KeyPage? {
        var postings = postings
        var idCounts = idCounts
        var runs = runs
        /// Whether every posting has as many blocks as before.
        var isAligned = true
        for change in changes {
            guard let index = ownIndex(of: change.place) else { return nil }
            let changed = try postings[index].applying(
                insertions: change.insertions, deletions: change.deletions)
            guard let changed, changed.edgeCount > KeyPage.commonLimit / 2 else { return nil }
            let old = postings[index].blocks
            if changed.blocks.count != old.count { isAligned = false }
            if isAligned {
                let first = Int(runEnds[index]) - old.count
                for (place, block) in changed.blocks.enumerated() where block !== old[place] {
                    runs[first + place] = EdgeRun(block)
                }
            }
            postings[index] = changed
            idCounts[change.place] = UInt32(changed.idCount)
        }
        return KeyPage(
            ends: ends, idCounts: idCounts, common: common, ownPlaces: ownPlaces, postings: postings,
            runs: isAligned ? (runs, runEnds) : nil)
    }

    private func rebuilding(_ own: [Int: Posting], few: [Int: EdgeList], propertyCount: Int) -> KeyPage? {
        let page = KeyPage(own: own, propertyCount: propertyCount) { place in
            few[place] ?? self.list(at: place, propertyCount: propertyCount)
        }
        return page.common == nil && page.postings.isEmpty ? nil : page
    }
}
