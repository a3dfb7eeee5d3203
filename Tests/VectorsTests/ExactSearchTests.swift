import Base
import TestSupport
import Testing

@testable import Vectors

@Suite(.onOwnThreads) struct ExactSearchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func makeSet(_ vectors: TestVectors, _ metric: Metric = .l2, name: String = "set") throws -> VectorSet {
        let set = try VectorSet.create(
            at: "\(folder.path)/\(name)", dimensions: vectors.dimensions, metric: metric)
        try set.write(vectors.floats, at: 0)
        try set.sync()
        try set.publish(rowCount: vectors.count)
        return set
    }

    @Test(arguments: Metric.allCases, [1, 3, 16, 37, 128])
    func `the exact scan finds what sorting by the formula finds`(metric: Metric, dimensions: Int) throws {
        let vectors = TestVectors.independent(700, dimensions: dimensions, seed: 1)
        let queries = TestVectors.independent(11, dimensions: dimensions, seed: 2)
        let set = try makeSet(vectors, metric)
        var generator = SeededGenerator(seed: 3)
        for within in [nil, IdSet((0..<700).filter { _ in generator.chance(0.3) }), [5], []] as [IdSet?] {
            let rows = within?.ids ?? Array(0..<700)
            let batch = try set.searchBatch(queries.floats, count: 11, k: 10, within: within, effort: .exact)
            for place in 0..<11 {
                let found = try set.search(queries[place], k: 10, within: within, effort: .exact)
                #expect(batch[place] == found, "a query alone and among others must agree to the bit")
                let expected = vectors.nearest(queries[place], k: 10, among: rows, metric)
                try #require(found.count == expected.count)
                for (neighbour, row) in zip(found, expected) {
                    let wanted = vectors.distance(queries[place], Int(row), metric)
                    // Neighbours that lie equally far but for rounding may stand in either order.
                    #expect(
                        abs(Double(neighbour.distance) - wanted) <= 1e-5 * max(1, Double(dimensions)),
                        "\(metric), \(dimensions) dimensions, seed 1, query \(place)")
                    let own = vectors.distance(queries[place], Int(neighbour.row), metric)
                    #expect(abs(own - wanted) <= 1e-5 * max(1, Double(dimensions)))
                }
            }
        }
    }

    @Test func `equal distances are ordered by row`() throws {
        let set = try makeSet(TestVectors(dimensions: 2, floats: [1, 0, 0, 1, 1, 0, -1, 0, 0, 1, 1, 0]))
        #expect(try set.search([1, 0], k: 4, effort: .exact).map(\.row) == [0, 2, 5, 1])
        #expect(try set.search([0, 0], k: 6, effort: .exact).map(\.row) == [0, 1, 2, 3, 4, 5])
    }

    @Test func `exactly as many come as match, however many are asked for`() throws {
        let vectors = TestVectors.independent(100, dimensions: 4, seed: 4)
        let set = try makeSet(vectors)
        for k in [0, 1, 99, 100, 101, 1_000_000_000] {
            #expect(try set.search(vectors[0], k: k).count == min(k, 100))
            #expect(try set.search(vectors[0], k: k, within: IdSet(20..<30)).count == min(k, 10))
            #expect(try set.search(vectors[0], k: k, within: IdSet(95..<300)).count == min(k, 5))
        }
    }

    @Test func `another metric than the set's may be asked for`() throws {
        let vectors = TestVectors.independent(300, dimensions: 24, seed: 5)
        let set = try makeSet(vectors, .l2)
        for metric in Metric.allCases {
            let found = try set.search(vectors[7], k: 5, metric: metric)
            #expect(found.map(\.row) == vectors.nearest(vectors[7], k: 5, among: 0..<300, metric))
        }
    }

    @Test func `a vector of zeros has the cosine 0 with everything`() throws {
        let set = try makeSet(TestVectors(dimensions: 2, floats: [0, 0, 1, 0, -1, 0]))
        let found = try set.search([1, 0], k: 3, metric: .cosine)
        #expect(found.map(\.row) == [1, 0, 2] && found.map(\.distance) == [1, 0, -1])
    }

    @Test func `rows that were never written are passed over`() throws {
        let set = try VectorSet.create(at: "\(folder.path)/gaps", dimensions: 2, metric: .l2)
        try set.write([1, 1], at: 1)
        try set.write([4, 4, 5, 5], at: 4)
        try set.publish(rowCount: 6)
        #expect(try set.search([0, 0], k: 10).map(\.row) == [1, 4, 5])
        #expect(try set.search([0, 0], k: 10, within: [0, 1, 2, 5]).map(\.row) == [1, 5])
        #expect(throws: VectorsError.self) { try set.vector(0) }
        #expect(try set.vector(4) == [4, 4])
        #expect(try set.verify().isEmpty)
    }

    @Test func `a search that was given up ends with the error for it`() throws {
        let set = try makeSet(TestVectors.independent(50, dimensions: 4, seed: 6))
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancelledError.self) {
            try set.search([1, 2, 3, 4], k: 1, effort: .exact, cancellation: cancellation)
        }
    }
}
