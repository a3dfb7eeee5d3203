import Base
import CVectors

/// The nearest rows found so far for each of some queries.
final class NearestRows {
    let queryCount: Int
    let limit: Int
    /// One heap a query.
    let base: UnsafeMutablePointer<fovea_nearest>
    private let items: UnsafeMutablePointer<fovea_neighbour>

    init(queryCount: Int, limit: Int) {
        self.queryCount = queryCount
        self.limit = limit
        items = .allocate(capacity: queryCount * limit)
        base = .allocate(capacity: queryCount)
        for query in 0..<queryCount {
            base[query] = fovea_nearest(heap: items + query * limit, kept: 0, limit: UInt32(limit))
        }
    }

    deinit {
        base.deallocate()
        items.deallocate()
    }

    /// The neighbours of each query, nearest first. Ends what can be offered.
    func sorted(_ metric: Metric) -> [[Neighbour]] {
        (0..<queryCount).map { query in
            fovea_vectors_sort(base + query)
            return UnsafeBufferPointer(start: base[query].heap, count: Int(base[query].kept)).map {
                Neighbour(row: $0.row, distance: metric.distance(key: $0.key))
            }
        }
    }
}
