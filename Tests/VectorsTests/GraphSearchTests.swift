import Base
import Foundation
import TestSupport
import Testing

@testable import Vectors

@Suite(.onOwnThreads) struct GraphSearchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let manual: VectorSetOptions = {
        var options = VectorSetOptions()
        options.buildsInBackground = false
        return options
    }()

    func makeSet(_ vectors: TestVectors, _ metric: Metric, name: String = "set") throws -> VectorSet {
        let set = try VectorSet.create(
            at: "\(folder.path)/\(name)", dimensions: vectors.dimensions, metric: metric, options: Self.manual
        )
        try set.write(vectors.floats, at: 0)
        try set.sync()
        try set.publish(rowCount: vectors.count)
        return set
    }

    /// What part of the exact answers is found, on average, and whether always as many came as had to.
    func recall(
        _ set: VectorSet, _ queries: TestVectors, within: IdSet? = nil, k: Int = 10, effort: SearchEffort
    ) throws -> Double {
        var sum = 0.0
        for place in 0..<queries.count {
            let exact = try set.search(queries[place], k: k, within: within, effort: .exact)
            let found = try set.search(queries[place], k: k, within: within, effort: effort)
            #expect(found.count == exact.count, "exactly min(k, matches)")
            let isWithin = found.allSatisfy { within?.contains($0.row) ?? true }
            #expect(isWithin && Set(found.map(\.row)).count == found.count)
            sum += VectorsTests.recall(found, of: exact.map(\.row))
        }
        return sum / Double(queries.count)
    }

    static func filters(_ count: Int, _ vectors: TestVectors) -> [(name: String, rows: IdSet)] {
        var generator = SeededGenerator(seed: 33)
        // Rows by their nearness to one of them: as a filter that goes with what the vectors say.
        let order = vectors.nearest(vectors[17], k: count, among: 0..<LocalID(count), .l2)
        return [0.001, 0.01, 0.1, 0.5].flatMap { part in
            [
                ("random \(part)", IdSet((0..<LocalID(count)).filter { _ in generator.chance(part) })),
                ("correlated \(part)", IdSet(order.prefix(Int(Double(count) * part)))),
            ]
        }
    }

    @Test(arguments: Metric.allCases)
    func `a walk finds 95 of 100 nearest, in every filter, also after inserts, deletions and reopening`(
        metric: Metric
    ) throws {
        let count = 6_000
        let vectors = TestVectors.clustered(count, dimensions: 24, seed: 30)
        let queries = TestVectors(dimensions: 24, floats: Array(vectors.floats.suffix(60 * 24)))
        let base = TestVectors(dimensions: 24, floats: Array(vectors.floats.prefix(4_000 * 24)))
        var set = try makeSet(base, metric)
        try set.build()
        #expect(set.progress.builtCount == 4_000)
        // A low effort keeps the scan from answering everything in so small a set. Inner products of vectors
        // of different lengths are no distance, and the few longest are near to everything: that takes more.
        let low = SearchEffort.candidates(metric == .innerProduct ? 96 : 20)
        #expect(try recall(set, queries, effort: low) >= 0.95)
        #expect(try recall(set, queries, effort: .standard) >= 0.98)

        // Rows that are not in the graph yet.
        let rest = Array(vectors.floats[4_000 * 24..<5_900 * 24])
        try set.write(rest, at: 4_000)
        try set.publish(rowCount: 5_900)
        #expect(try recall(set, queries, effort: low) >= 0.95)
        try set.build()
        #expect(set.progress.builtCount == 5_900)
        #expect(try recall(set, queries, effort: low) >= 0.95)

        for (name, rows) in Self.filters(5_900, vectors) {
            for effort in [low, .standard] {
                let part = try recall(set, queries, within: rows, effort: effort)
                #expect(part >= 0.95, "\(name), \(effort), seed 33")
            }
        }
        // Deletions are part of the filter; then the graph is built without them.
        var generator = SeededGenerator(seed: 34)
        let alive = IdSet((0..<5_900).filter { _ in generator.chance(0.5) })
        #expect(try recall(set, queries, within: alive, effort: low) >= 0.95)
        #expect(try set.maintain(alive: alive))
        let rebuilt = try recall(set, queries, within: alive, effort: low)
        #expect(rebuilt >= 0.95)
        #expect(try !set.maintain(alive: alive), "once is enough")
        // A reader of before the deletions still gets as many as match.
        #expect(try recall(set, queries, effort: .standard) >= 0.4)
        #expect(try set.search(queries[0], k: 10_000).count == 5_900)

        try set.save()
        set = try VectorSet.open(at: set.directory, rowCount: 5_900, options: Self.manual)
        #expect(set.progress.builtCount == 5_900 && set.progress.discardedGraph == nil)
        #expect(try recall(set, queries, within: alive, effort: low) >= 0.95)
    }

    @Test(.enabled(if: PythonOracle.isAvailable), arguments: [(Metric.l2, "l2"), (.cosine, "cosine")])
    func `a walk finds as much as hnswlib at the same effort`(metric: Metric, space: String) throws {
        let vectors = TestVectors.independent(5_100, dimensions: 20, seed: 38)
        let queries = TestVectors(dimensions: 20, floats: Array(vectors.floats.suffix(100 * 20)))
        let set = try makeSet(
            TestVectors(dimensions: 20, floats: Array(vectors.floats.prefix(5_000 * 20))), metric)
        try set.build()
        let ours = try recall(set, queries, effort: .candidates(40))
        let lines = try PythonOracle.lines(
            of: "hnsw_rows.py", ["20", "5000", "10", "40", space],
            input: vectors.floats.withUnsafeBytes { Data($0) })
        try #require(lines.count == 100)
        var theirs = 0.0
        for (place, line) in lines.enumerated() {
            let rows = line.split(separator: " ").compactMap { LocalID($0) }
            let exact = try set.search(queries[place], k: 10, effort: .exact).map(\.row)
            theirs += Double(Set(exact).intersection(rows).count) / 1_000
        }
        #expect(ours >= theirs - 0.01, "ours \(ours), hnswlib's \(theirs), seed 38")
    }

    @Test func `vectors that are all equal are found by row, as many as are asked for`() throws {
        let set = try makeSet(
            TestVectors(dimensions: 3, floats: [Float](repeating: 0.25, count: 3 * 3_000)), .l2)
        try set.build()
        for effort in [SearchEffort.exact, .candidates(10)] {
            let found = try set.search([0.25, 0.25, 0.25], k: 50, effort: effort)
            #expect(found.count == 50 && found.allSatisfy { $0.distance == 0 })
            #expect(found.map(\.row) == found.map(\.row).sorted())
        }
        #expect(try set.search([1, 1, 1], k: 5, effort: .exact).map(\.row) == [0, 1, 2, 3, 4])
    }

    @Test func `as many come as are asked for where the graph holds fewer`() throws {
        let vectors = TestVectors.clustered(6_000, dimensions: 8, seed: 39)
        let set = try makeSet(vectors, .l2)
        try set.build()
        try set.rebuild(alive: IdSet(0..<100))
        for k in [99, 100, 101, 150] {
            #expect(try set.search(vectors[3_000], k: k, effort: .candidates(1)).count == k)
        }
    }

    @Test func `one enormous vector takes nothing from the others`() throws {
        var vectors = TestVectors.clustered(3_000, dimensions: 16, seed: 35)
        for d in 0..<16 { vectors.floats[1_500 * 16 + d] *= 1e12 }
        let queries = TestVectors(dimensions: 16, floats: Array(vectors.floats.prefix(40 * 16)))
        let set = try makeSet(vectors, .l2)
        try set.build()
        #expect(try recall(set, queries, effort: .candidates(24)) >= 0.95)
    }

    @Test func `rows that were never written are in no answer of a walk`() throws {
        let vectors = TestVectors.clustered(4_000, dimensions: 16, seed: 36)
        let set = try VectorSet.create(
            at: "\(folder.path)/gaps", dimensions: 16, metric: .l2, options: Self.manual)
        var written: [LocalID] = []
        for row in 0..<4_000 where row % 10 != 3 {
            try set.write(vectors[row], at: LocalID(row))
            written.append(LocalID(row))
        }
        try set.publish(rowCount: 4_000)
        try set.build()
        let queries = TestVectors(dimensions: 16, floats: Array(vectors.floats.prefix(40 * 16)))
        #expect(try recall(set, queries, effort: .candidates(24)) >= 0.95)
        let all = try set.search(vectors[3], k: 4_000)
        #expect(all.map(\.row).sorted() == written)
    }

    @Test func `cancelled building keeps what it has and goes on later`() throws {
        let set = try makeSet(TestVectors.clustered(3_000, dimensions: 8, seed: 37), .l2)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancelledError.self) { try set.build(cancellation: cancellation) }
        #expect(throws: CancelledError.self) {
            try set.build()
            try set.rebuild(alive: nil, cancellation: cancellation)
        }
        #expect(set.progress.builtCount == 3_000)
    }
}
