import Base
import CVectors

/// One search under way: what was asked for, and the rows as they were when it began.
struct Search {
    let set: VectorSet
    let snapshot: VectorSet.Snapshot
    let matches: Matches
    let metric: Metric
    /// How many neighbours are to come: no more than match.
    let limit: Int
    let effort: SearchEffort
    let cancellation: Cancellation?

    /// How many candidates the standard effort keeps at least. Inner products of vectors of different lengths
    /// are no distance: links chosen by them lead less surely.
    private var standardBreadth: Int { metric == .innerProduct ? 160 : 64 }

    func run(_ queries: UnsafeBufferPointer<Float>, into nearest: NearestRows) throws {
        guard let base = queries.baseAddress else { return }
        let breadth: Int
        switch effort {
        case .exact: return try scan(base, 0..<nearest.queryCount, from: 0, into: nearest)
        case .standard: breadth = max(standardBreadth, limit)
        case .candidates(let count): breadth = max(count, limit)
        }
        guard let graph = snapshot.graph, graph.linkedCount > 0, metric == set.metric,
            !isScanCheaper(breadth, graph)
        else { return try scan(base, 0..<nearest.queryCount, from: 0, into: nearest) }
        let walker = try Walker(self, graph, breadth: breadth)
        defer { walker.giveBack() }
        for query in 0..<nearest.queryCount {
            try cancellation?.check()
            if try walker.walk(base + query * set.dimensions, into: nearest.base + query) {
                // What came after the graph was built, and what it could not take up.
                try scan(base, query..<query + 1, from: graph.builtCount, into: nearest)
                try scan(base, query, rows: graph.unlinked, into: nearest)
                // Rows that the graph passed over may be missing yet.
                if nearest.base[query].kept == UInt32(limit) { continue }
            }
            nearest.base[query].kept = 0
            try scan(base, query..<query + 1, from: 0, into: nearest)
        }
    }

    /// About how many distances an unfiltered walk computes.
    static func walkCost(_ breadth: Int) -> Int { 100 + 9 * breadth }

    /// A walk within a filter computes as many more distances as the filter is thinner, each for the price of
    /// about two of a scan's.
    func isScanCheaper(_ breadth: Int, _ graph: Graph) -> Bool {
        let cost = 2.0 * Double(Search.walkCost(breadth)) * Double(graph.builtCount)
        return Double(matches.count) * Double(matches.count) <= cost
    }

    // MARK: - Scanning

    /// Compares the matches from row `from` on with the queries of `range`: by way of codes where there are.
    func scan(
        _ queries: UnsafePointer<Float>, _ range: Range<Int>, from: Int, into nearest: NearestRows
    ) throws {
        guard matches.reach(from) else { return }
        for start in stride(from: range.lowerBound, to: range.upperBound, by: CodedScan.queriesAtOnce) {
            let count = min(CodedScan.queriesAtOnce, range.upperBound - start)
            try scan(queries + start * set.dimensions, count, from: from, into: nearest.base + start)
        }
    }

    private func scan(
        _ queries: UnsafePointer<Float>, _ count: Int, from: Int,
        into nearest: UnsafeMutablePointer<fovea_nearest>
    ) throws {
        let graph = metric == set.metric ? snapshot.graph : nil
        let coded = graph?.codedCount ?? 0
        let codedScan = graph.map {
            CodedScan($0.memory, snapshot.rows, queries, count: count, into: nearest)
        }
        try matches.forEachBlock(of: CodedScan.blockLength, from: from, split: coded) { block in
            try cancellation?.check()
            if let codedScan, block.last < coded { return try codedScan.add(block) }
            try snapshot.rows.check(rows: block.rows, first: block.first, count: block.count)
            fovea_vectors_scan(
                snapshot.rows.floats, set.dimensions, queries, count, metric.number, block.rows, block.first,
                block.count, nearest)
        }
        try codedScan?.finish()
    }

    /// Compares those of `rows` that match with one query.
    private func scan(
        _ queries: UnsafePointer<Float>, _ query: Int, rows: IdSet, into nearest: NearestRows
    ) throws {
        guard !rows.isEmpty else { return }
        let rows = rows.ids.filter { matches.contains($0) }
        try rows.withUnsafeBufferPointer { rows in
            try snapshot.rows.check(rows)
            fovea_vectors_scan(
                snapshot.rows.floats, set.dimensions, queries + query * set.dimensions, 1, metric.number,
                rows.baseAddress, 0, rows.count, nearest.base + query)
        }
    }
}
