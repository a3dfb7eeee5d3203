public import Base

/// Builds a ``PostingIndex`` from connections in any order, in bulk; quickest where they come in order of
/// their entities. Used by one thread; ``finish()`` ends it.
public final class PostingIndexBuilder {
    public let properties: [String]
    private var keys: [UInt32] = []
    private var ids: [LocalID] = []
    private var columns: [[Double]]

    public init(properties: [String] = []) {
        self.properties = properties
        columns = Array(repeating: [], count: properties.count)
    }

    /// Makes room for `count` connections.
    public func reserveCapacity(_ count: Int) {
        keys.reserveCapacity(count)
        ids.reserveCapacity(count)
        for property in columns.indices { columns[property].reserveCapacity(count) }
    }

    /// Adds a connection; `values` holds a number for each property, NaN where it does not have it.
    public func append(key: UInt32, id: LocalID, values: [Double]) {
        precondition(
            values.count == properties.count, "\(values.count) values for \(properties.count) properties")
        keys.append(key)
        ids.append(id)
        for property in columns.indices { columns[property].append(values[property]) }
    }

    /// Adds a connection of an index without properties.
    public func append(key: UInt32, id: LocalID) {
        precondition(properties.isEmpty, "no value for \(properties.count) properties")
        keys.append(key)
        ids.append(id)
    }

    /// Adds a connection of an index with one property; NaN where it does not have it.
    public func append(key: UInt32, id: LocalID, value: Double) {
        precondition(properties.count == 1, "one value for \(properties.count) properties")
        keys.append(key)
        ids.append(id)
        columns[0].append(value)
    }

    /// The index of all connections so far. The builder must not be used after.
    public func finish() -> PostingIndex {
        guard let greatest = keys.max(), let last = ids.max() else {
            return PostingIndex(properties: properties)
        }
        let order = orderByKey(greatest: Int(greatest))
        var pages = ChunkList<KeyPage>()
        var lists: [(place: Int, edges: EdgeList)] = []
        var start = 0
        while start < order.count {
            let key = keys[Int(order[start])]
            var end = start
            var isSorted = true
            while end < order.count, keys[Int(order[end])] == key {
                if end > start, ids[Int(order[end])] < ids[Int(order[end - 1])] { isSorted = false }
                end += 1
            }
            var places = order[start..<end]
            if !isSorted { places.sort { (ids[Int($0)], $0) < (ids[Int($1)], $1) } }
            lists.append(
                (
                    Int(key) % KeyPage.width,
                    EdgeList(
                        ids: places.map { ids[Int($0)] },
                        columns: columns.map { column in places.map { column[Int($0)] } })
                ))
            start = end
            if start == order.count
                || Int(keys[Int(order[start])]) / KeyPage.width != Int(key) / KeyPage.width
            {
                pages[Int(key) / KeyPage.width] = KeyPage(lists, propertyCount: properties.count)
                lists.removeAll(keepingCapacity: true)
            }
        }
        return PostingIndex(
            properties: properties, edgeCount: keys.count, idLimit: Int(last) + 1, pages: pages)
    }

    // MARK: - Private

    /// The places of the connections by key, those of one key as they came.
    private func orderByKey(greatest: Int) -> [UInt32] {
        guard greatest < keys.count * 4 + 65_536 else {
            return (0..<UInt32(keys.count)).sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
        }
        var places = [Int](repeating: 0, count: greatest + 1)
        for key in keys { places[Int(key)] += 1 }
        var sum = 0
        for key in places.indices {
            let count = places[key]
            places[key] = sum
            sum += count
        }
        var order = [UInt32](repeating: 0, count: keys.count)
        order.withUnsafeMutableBufferPointer { order in
            for (place, key) in keys.enumerated() {
                order[places[Int(key)]] = UInt32(place)
                places[Int(key)] += 1
            }
        }
        return order
    }
}
