import Base
import TestSupport

@testable import Vectors

/// Vectors made by formula, and what a plain loop in double precision says of them.
struct TestVectors: Sendable {
    var dimensions: Int
    var floats: [Float]

    var count: Int { floats.count / dimensions }

    subscript(row: Int) -> [Float] { Array(floats[row * dimensions..<(row + 1) * dimensions]) }

    /// `count` vectors around as many centres as `clusters` says, in a space of `latent` dimensions that is
    /// turned into `dimensions`: as embeddings of things of several kinds lie.
    static func clustered(
        _ count: Int, dimensions: Int, latent: Int = 8, clusters: Int = 10, seed: UInt64
    ) -> TestVectors {
        var generator = SeededGenerator(seed: seed)
        let turn = (0..<latent * dimensions).map { _ in gaussian(using: &generator) }
        let centres = (0..<clusters * latent).map { _ in gaussian(using: &generator) * 1.5 }
        var floats: [Float] = []
        floats.reserveCapacity(count * dimensions)
        for _ in 0..<count {
            let cluster = Int.random(in: 0..<clusters, using: &generator)
            let point = (0..<latent).map { centres[cluster * latent + $0] + gaussian(using: &generator) }
            var vector = [Float](repeating: 0, count: dimensions)
            for (place, x) in point.enumerated() {
                for d in 0..<dimensions { vector[d] += x * turn[place * dimensions + d] }
            }
            floats += vector.map { $0 + 0.05 * gaussian(using: &generator) }
        }
        return TestVectors(dimensions: dimensions, floats: floats)
    }

    /// Vectors whose numbers are independent.
    static func independent(_ count: Int, dimensions: Int, seed: UInt64) -> TestVectors {
        var generator = SeededGenerator(seed: seed)
        return TestVectors(
            dimensions: dimensions,
            floats: (0..<count * dimensions).map { _ in gaussian(using: &generator) })
    }

    /// A vector's distance as ``Neighbour/distance`` means it, in double precision.
    func distance(_ query: [Float], _ row: Int, _ metric: Metric) -> Double {
        var dot = 0.0, l2 = 0.0, a2 = 0.0, b2 = 0.0
        for d in 0..<dimensions {
            let a = Double(query[d]), b = Double(floats[row * dimensions + d])
            dot += a * b
            l2 += (a - b) * (a - b)
            a2 += a * a
            b2 += b * b
        }
        return switch metric {
        case .l2: l2
        case .innerProduct: dot
        case .cosine: a2 == 0 || b2 == 0 ? 0 : dot / (a2 * b2).squareRoot()
        }
    }

    /// The rows of `rows` nearest to `query`, nearest first, ties by row.
    func nearest(_ query: [Float], k: Int, among rows: some Sequence<LocalID>, _ metric: Metric) -> [LocalID]
    {
        let keyed = rows.map { row in
            let distance = self.distance(query, Int(row), metric)
            return (metric == .l2 ? distance : -distance, row)
        }
        return keyed.sorted { $0 < $1 }.prefix(k).map(\.1)
    }

    /// A number of the standard normal distribution: the sum of twelve uniform ones is near enough.
    private static func gaussian(using generator: inout SeededGenerator) -> Float {
        (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0..<1, using: &generator) }
    }
}

/// What part of `expected` is in `found`.
func recall(_ found: [Neighbour], of expected: [LocalID]) -> Double {
    expected.isEmpty
        ? 1 : Double(Set(expected).intersection(found.map(\.row)).count) / Double(expected.count)
}
