public import Base
import CVectors

extension VectorSet {
    /// The `k` rows nearest to `query`, nearest first, equal distances by row: exactly `min(k, matches)` of
    /// them, where the matches are the published rows of `within` (`nil`: all) that have a vector.
    ///
    /// - Parameters:
    ///   - query: `dimensions` finite numbers.
    ///   - metric: That of the set unless told. Another one is answered by an exact scan.
    ///   - effort: How carefully to look; see ``SearchEffort``.
    /// - Throws: ``VectorsError/Code/invalid`` for a query that is no vector of this set, or a negative `k`;
    ///   ``VectorsError/Code/corrupt`` where a vector that would have to be compared does not match its
    ///   checksum; `CancelledError`.
    public func search(
        _ query: [Float], k: Int, within: IdSet? = nil, metric: Metric? = nil,
        effort: SearchEffort = .standard, cancellation: Cancellation? = nil
    ) throws -> [Neighbour] {
        try searchBatch(
            query, count: 1, k: k, within: within, metric: metric, effort: effort, cancellation: cancellation)[
                0]
    }

    /// The same for `count` queries, which lie one after the other in `queries`; quicker than one by one
    /// where a scan answers them, as they pass over the rows together.
    ///
    /// - Returns: The neighbours of each query.
    public func searchBatch(
        _ queries: [Float], count: Int, k: Int, within: IdSet? = nil, metric: Metric? = nil,
        effort: SearchEffort = .standard, cancellation: Cancellation? = nil
    ) throws -> [[Neighbour]] {
        let metric = metric ?? self.metric
        guard k >= 0 else { throw VectorsError(.invalid, "k is \(k), it must not be negative") }
        guard count >= 0, queries.count == count * dimensions else {
            throw VectorsError(
                .invalid,
                count == 1
                    ? "the query has \(queries.count) numbers, the set has \(dimensions) dimensions"
                    : "\(queries.count) numbers for \(count) queries, the set has \(dimensions) dimensions")
        }
        return try queries.withUnsafeBufferPointer { queries in
            for place in 0..<count {
                try check(
                    UnsafeBufferPointer(rebasing: queries[place * dimensions..<(place + 1) * dimensions]),
                    metric,
                    name: count == 1 ? "the query" : "query \(place)")
            }
            let snapshot = snapshot
            let matches = Matches(within, in: snapshot)
            let limit = min(k, matches.count)
            guard count > 0, limit > 0 else { return [[Neighbour]](repeating: [], count: count) }
            try cancellation?.check()
            let nearest = NearestRows(queryCount: count, limit: limit)
            let search = Search(
                set: self, snapshot: snapshot, matches: matches, metric: metric, limit: limit, effort: effort,
                cancellation: cancellation)
            try search.run(queries, into: nearest)
            return nearest.sorted(metric)
        }
    }
}
