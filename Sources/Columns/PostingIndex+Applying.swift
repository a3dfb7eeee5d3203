extension PostingIndex {
    /// The next version: this one without `deletions` and with `insertions`, each in any order.
    ///
    /// A deletion takes away one edge that equals it in key, id and values, to the bit. Costs a copy of the
    /// cell of 65,536 ids, or of the run, that an edge falls into; edges of new entities are appended.
    ///
    /// - Throws: `absentEdge` for a deletion that nothing equals; `typeMismatch` for an edge with more or
    ///   fewer values than there are properties.
    public func applying(
        insertions: [PostingEdge], deletions: [PostingEdge] = []
    ) throws(ColumnsError) -> PostingIndex {
        for edge in insertions where edge.values.count != properties.count { throw mismatch(edge) }
        for edge in deletions where edge.values.count != properties.count { throw mismatch(edge) }
        let added = PostingIndex.byKey(insertions)
        let removed = PostingIndex.byKey(deletions)
        var pages = pages
        var changes: [(place: Int, insertions: EdgeList, deletions: EdgeList)] = []
        var i = 0
        var j = 0
        while i < added.count || j < removed.count {
            let key = min(i < added.count ? added[i].key : .max, j < removed.count ? removed[j].key : .max)
            let firstAdded = i
            while i < added.count, added[i].key == key { i += 1 }
            let firstRemoved = j
            while j < removed.count, removed[j].key == key { j += 1 }
            changes.append(
                (
                    Int(key) % KeyPage.width,
                    EdgeList(added[firstAdded..<i], propertyCount: properties.count),
                    EdgeList(removed[firstRemoved..<j], propertyCount: properties.count)
                ))
            let next = min(i < added.count ? added[i].key : .max, j < removed.count ? removed[j].key : .max)
            let isLast = i == added.count && j == removed.count
            guard isLast || Int(next) / KeyPage.width != Int(key) / KeyPage.width else { continue }
            let page = pages[Int(key) / KeyPage.width] ?? KeyPage.empty
            let changed = try page.applying(changes, propertyCount: properties.count)
            if changed != nil || pages[Int(key) / KeyPage.width] != nil {
                pages[Int(key) / KeyPage.width] = changed
            }
            changes.removeAll(keepingCapacity: true)
        }
        let last = insertions.reduce(-1) { max($0, Int($1.id)) }
        return PostingIndex(
            properties: properties, edgeCount: edgeCount + insertions.count - deletions.count,
            idLimit: max(idLimit, last + 1), pages: pages)
    }

    // MARK: - Private

    private func mismatch(_ edge: PostingEdge) -> ColumnsError {
        ColumnsError(
            .typeMismatch,
            "an edge of id \(edge.id) has \(edge.values.count) values for \(properties.count) properties")
    }

    /// The edges by key, then by id; those of one key and id as they came.
    private static func byKey(_ edges: [PostingEdge]) -> [PostingEdge] {
        var order: [(key: UInt64, place: Int)] = []
        order.reserveCapacity(edges.count)
        for (place, edge) in edges.enumerated() {
            order.append((UInt64(edge.key) << 32 | UInt64(edge.id), place))
        }
        order.sort { $0.key != $1.key ? $0.key < $1.key : $0.place < $1.place }
        return order.map { edges[$0.place] }
    }
}

extension KeyPage {
    /// A page without edges.
    fileprivate static var empty: KeyPage {
        KeyPage(
            ends: Array(repeating: 0, count: width), idCounts: Array(repeating: 0, count: width), common: nil,
            ownPlaces: [], postings: [])
    }
}
