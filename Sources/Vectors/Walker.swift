import Base
import CVectors
import Synchronization

/// Walks of one search: the graph, the filter as bits, and what a walk writes to.
final class Walker {
    private let search: Search
    private let graph: Graph
    private let breadth: Int
    private let filter: [UInt64]?
    private let scratch: WalkScratch
    private let found: UnsafeMutablePointer<fovea_neighbour>
    private let code: UnsafeMutablePointer<Int8>
    private var rows: [LocalID] = []
    private var keys: [Float]

    init(_ search: Search, _ graph: Graph, breadth: Int) throws {
        self.search = search
        self.graph = graph
        self.breadth = breadth
        filter = search.matches.filter?.words
        scratch = try search.set.takeScratch(
            capacity: graph.memory.capacity, breadth: breadth * Walker.mostEffort,
            candidateCapacity: filter == nil ? 1 : Walker.budget(search.matches.count) + 2_048)
        found = .allocate(capacity: breadth * Walker.mostEffort)
        code = .allocate(capacity: graph.memory.stride)
        keys = [Float](repeating: 0, count: breadth * Walker.mostEffort)
    }

    deinit {
        found.deallocate()
        code.deallocate()
    }

    func giveBack() { search.set.giveBack(scratch) }

    /// Offers the nearest among the rows of the graph; `false` where a scan should look instead: the walk
    /// found too few, or would have become dearer than the scan.
    func walk(
        _ query: UnsafePointer<Float>, into nearest: UnsafeMutablePointer<fovea_nearest>
    ) throws -> Bool {
        var kernelGraph = graph.kernelGraph
        var codedQuery = fovea_code_query()
        codedQuery.code = code
        fovea_vectors_encode_query(&kernelGraph.codes, query, &codedQuery)
        let limit = search.limit
        let count = withUnsafePointer(to: kernelGraph) { graph in
            withUnsafePointer(to: codedQuery) { codedQuery in
                var walk = fovea_walk()
                walk.graph = graph
                walk.query = codedQuery
                walk.limit = UInt32(self.graph.builtCount)
                walk.breadth = UInt32(breadth)
                walk.budget = .max
                guard let filter else { return fovea_vectors_walk(&walk, scratch.base, found) }
                return filter.withUnsafeBufferPointer { words in
                    walk.filter = words.baseAddress
                    walk.filter_words = words.count
                    return walkFiltered(&walk)
                }
            }
        }
        guard count >= min(limit, builtMatches) else { return false }
        // Codes name the nearest in nearly the right order: some more than are wanted are compared exactly.
        rows.removeAll(keepingCapacity: true)
        for place in 0..<min(count, limit * 2 + 16) { rows.append(found[place].row) }
        try rows.withUnsafeBufferPointer { rows in
            try search.snapshot.rows.check(rows)
            fovea_vectors_keys(
                search.snapshot.rows.floats, search.set.dimensions, query, search.metric.number,
                rows.baseAddress, 0, rows.count, &keys)
        }
        for (place, row) in rows.enumerated() { fovea_vectors_offer(nearest, keys[place], row) }
        return true
    }

    // MARK: - Private

    /// How many times the usual breadth is looked at where the filter lies away from the query.
    private static let mostEffort = 4

    /// How many rows of a filter a walk begins at, besides the graph's own beginning.
    private static let sampleCount: UInt32 = 256

    /// After so many distances a scan of the matches would have been cheaper.
    private static func budget(_ matches: Int) -> Int { matches / 4 + 2_000 }

    /// How many matches the graph can have; those that it passed over are found by the scan that follows.
    private lazy var builtMatches: Int = {
        guard let filter = search.matches.filter else { return graph.linkedCount }
        return filter.rank(of: LocalID(graph.builtCount))
    }()

    private func walkFiltered(_ walk: inout fovea_walk) -> Int {
        let density = Double(builtMatches) / Double(max(graph.linkedCount, 1))
        var seen = 0
        let hits = fovea_vectors_density(&walk, scratch.base, &seen)
        let isAway = Double(hits) < density / 2 * Double(seen)
        if isAway {
            // The nearest matches lie beyond rows that do not match, in several directions.
            guard !search.isScanCheaper(breadth * Walker.mostEffort, graph) else { return -1 }
            walk.breadth = UInt32(breadth * Walker.mostEffort)
        }
        walk.budget = Walker.budget(search.matches.count)
        walk.samples = Walker.sampleCount
        walk.skips = isAway || density < 0.3 ? 1 : 0
        return fovea_vectors_walk(&walk, scratch.base, found)
    }
}

extension VectorSet {
    /// What a walk writes to, with at least so much room.
    func takeScratch(capacity: Int, breadth: Int, candidateCapacity: Int) throws(VectorsError) -> WalkScratch
    {
        let free = scratches.withLock { scratches in
            scratches.firstIndex {
                $0.capacity >= capacity && $0.breadth >= breadth && $0.candidateCapacity >= candidateCapacity
            }.map { scratches.remove(at: $0) }
        }
        if let free { return free }
        return try WalkScratch(
            capacity: capacity, breadth: breadth, candidateCapacity: candidateCapacity)
    }

    func giveBack(_ scratch: WalkScratch) {
        scratches.withLock { scratches in
            // Those of the smaller graph before, or of smaller searches, are let go of.
            if scratches.count >= 16 { scratches.removeFirst() }
            scratches.append(scratch)
        }
    }
}
