import Base

/// Edges of one key as they are built and changed: ids in order, and one array of numbers a property.
struct EdgeList {
    var ids: [LocalID] = []
    var columns: [[Double]]

    init(propertyCount: Int) { columns = Array(repeating: [], count: propertyCount) }

    init(ids: [LocalID], columns: [[Double]]) {
        self.ids = ids
        self.columns = columns
    }

    /// Edges ordered by id; those of one id keep their order.
    init(_ edges: some Collection<PostingEdge>, propertyCount: Int) {
        self.init(propertyCount: propertyCount)
        for edge in edges {
            ids.append(edge.id)
            for property in columns.indices { columns[property].append(edge.values[property]) }
        }
    }

    var count: Int { ids.count }

    /// How many different ids there are.
    var idCount: Int {
        var count = 0
        for place in ids.indices where place == 0 || ids[place] != ids[place - 1] { count += 1 }
        return count
    }

    mutating func append(_ id: LocalID, from other: EdgeList, at place: Int) {
        ids.append(id)
        for property in columns.indices { columns[property].append(other.columns[property][place]) }
    }

    mutating func append(contentsOf other: EdgeList) {
        ids += other.ids
        for property in columns.indices { columns[property] += other.columns[property] }
    }

    func slice(_ range: Range<Int>) -> EdgeList {
        EdgeList(ids: Array(ids[range]), columns: columns.map { Array($0[range]) })
    }

    /// The edges without `deletions`, each of which takes one equal edge away, and with `insertions`, which
    /// follow edges of the same id; both are ordered by id.
    ///
    /// - Throws: `absentEdge` for a deletion that nothing equals.
    func applying(insertions: EdgeList, deletions: EdgeList) throws(ColumnsError) -> EdgeList {
        var result = EdgeList(propertyCount: columns.count)
        result.ids.reserveCapacity(count + insertions.count)
        var inserted = 0
        var place = 0
        var deleted = 0
        while place < count {
            let id = ids[place]
            while inserted < insertions.count, insertions.ids[inserted] < id {
                result.append(insertions.ids[inserted], from: insertions, at: inserted)
                inserted += 1
            }
            var end = place
            while end < count, ids[end] == id { end += 1 }
            if deleted < deletions.count, deletions.ids[deleted] < id { throw deletions.absent(deleted) }
            var rest = Array(place..<end)
            while deleted < deletions.count, deletions.ids[deleted] == id {
                guard let found = rest.firstIndex(where: { equals(at: $0, deletions, at: deleted) }) else {
                    throw deletions.absent(deleted)
                }
                rest.remove(at: found)
                deleted += 1
            }
            for kept in rest { result.append(id, from: self, at: kept) }
            place = end
        }
        if deleted < deletions.count { throw deletions.absent(deleted) }
        while inserted < insertions.count {
            result.append(insertions.ids[inserted], from: insertions, at: inserted)
            inserted += 1
        }
        return result
    }

    // MARK: - Private

    private func equals(at place: Int, _ other: EdgeList, at otherPlace: Int) -> Bool {
        columns.indices.allSatisfy {
            columns[$0][place].bitPattern == other.columns[$0][otherPlace].bitPattern
        }
    }

    private func absent(_ place: Int) -> ColumnsError {
        ColumnsError(
            .absentEdge,
            "no edge of id \(ids[place]) with values \(columns.map { $0[place] }) is there to be removed")
    }
}
