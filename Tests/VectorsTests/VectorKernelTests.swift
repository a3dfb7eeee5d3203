import Base
import CVectors
import TestSupport
import Testing

@testable import Vectors

@Suite(.onOwnThreads) struct VectorKernelTests {
    static let levels = KernelLevel.allCases.filter { $0.rawValue <= KernelLevel.best.rawValue }
    static let lengths = Array(1...70) + [127, 128, 129, 511, 512, 513, 1_000]

    @Test(arguments: levels)
    func `products of floats are those of the formula within what rounding allows`(level: KernelLevel) {
        for dimensions in Self.lengths {
            let vectors = TestVectors.independent(2, dimensions: dimensions, seed: UInt64(dimensions))
            let (a, b) = (vectors[0], vectors[1])
            let dot = KernelLevel.forcing(level) { fovea_vectors_dot(a, b, dimensions) }
            let l2 = KernelLevel.forcing(level) { fovea_vectors_l2(a, b, dimensions) }
            // The bound of Higham (2002), 3.1, for sums of n products in any order.
            let unit = Double(Float.ulpOfOne) / 2
            let bound = Double(dimensions + 2) * unit
            let sizes = zip(a, b).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
            #expect(abs(Double(dot) - vectors.distance(a, 1, .innerProduct)) <= bound * sizes)
            let wanted = vectors.distance(a, 1, .l2)
            #expect(abs(Double(l2) - wanted) <= 2 * bound * wanted, "\(dimensions) dimensions")
        }
    }

    @Test(arguments: levels)
    func `products of codes are exact, the largest included`(level: KernelLevel) throws {
        for dimensions in Self.lengths + [65_536] {
            for style in 0..<2 {
                // All at the ends of the range: what saturates or overflows shows here.
                let numbers: [Float] = (0..<2 * dimensions).map {
                    style == 0 ? Float(($0 &* 2_654_435_761) % 255) - 127 : $0 % 3 == 0 ? 127 : -127
                }
                let memory = try GraphMemory(dimensions: dimensions, metric: .innerProduct, rowCount: 1)
                var codes = memory.kernelCodes
                KernelLevel.forcing(level) { fovea_vectors_encode(&codes, 0, numbers) }
                var code = [Int8](repeating: 0, count: memory.stride)
                let product = code.withUnsafeMutableBufferPointer { code in
                    var query = fovea_code_query()
                    query.code = code.baseAddress
                    let vector = Array(numbers[dimensions...])
                    return KernelLevel.forcing(level) {
                        fovea_vectors_encode_query(&codes, vector, &query)
                        return fovea_vectors_code_dot(&codes, &query, 0)
                    }
                }
                let expected = (0..<dimensions).reduce(0) { sum, d in
                    sum + (Int(codes.codes[d]) - 128) * Int(code[d])
                }
                #expect(Int(product) == expected, "\(dimensions) dimensions, style \(style)")
            }
        }
    }

    @Test(arguments: levels, Metric.allCases)
    func `a code lies as near to its vector as is said`(level: KernelLevel, metric: Metric) throws {
        let vectors = TestVectors.independent(20, dimensions: 33, seed: 21)
        let memory = try GraphMemory(dimensions: 33, metric: metric, rowCount: 1)
        var codes = memory.kernelCodes
        for (row, factor) in zip(0..<20, [1e-20, 1e-5, 1, 1e5, 1e18].repeated(4)) {
            let vector = vectors[row].map { $0 * Float(factor) }
            KernelLevel.forcing(level) { fovea_vectors_encode(&codes, 0, vector) }
            let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let unit = metric == .cosine ? length : 1
            let away = (0..<33).reduce(0.0) { sum, d in
                let rest =
                    Double(vector[d]) / unit - Double(codes.heads[0].scale) * (Double(codes.codes[d]) - 128)
                return sum + rest * rest
            }.squareRoot()
            #expect(away <= Double(codes.residuals[0]) * (1 + 1e-5))
            #expect(Double(codes.residuals[0]) <= length / unit / 50, "the bound is of use")
        }
    }

    @Test(arguments: levels, Metric.allCases)
    func `the scan by codes finds what the scan of floats finds, to the bit`(
        level: KernelLevel, metric: Metric
    )
        throws
    {
        for (dimensions, spread) in [(5, 1.0), (64, 1.0), (130, 1e6), (64, 1e-6)] {
            var vectors = TestVectors.clustered(1_000, dimensions: dimensions, seed: 22)
            // Vectors of very different lengths, and some that are equal.
            for row in stride(from: 0, to: 1_000, by: 7) {
                for d in 0..<dimensions { vectors.floats[row * dimensions + d] *= Float(spread) }
            }
            vectors.floats.replaceSubrange(
                100 * dimensions..<110 * dimensions, with: vectors.floats[0..<10 * dimensions])
            let folder = try TemporaryFolder()
            var options = VectorSetOptions()
            options.buildsInBackground = false
            let set = try VectorSet.create(
                at: "\(folder.path)/set", dimensions: dimensions, metric: metric, options: options)
            try set.write(vectors.floats, at: 0)
            try set.publish(rowCount: 1_000)
            let queries = Array(vectors.floats[0..<5 * dimensions]) + vectors[900].map { $0 + 0.01 }
            for within in [nil, IdSet(stride(from: LocalID(1), to: 1_000, by: 3))] {
                try KernelLevel.forcing(level) {
                    let before = try set.searchBatch(queries, count: 6, k: 20, within: within, effort: .exact)
                    try set.build()
                    let after = try set.searchBatch(queries, count: 6, k: 20, within: within, effort: .exact)
                    #expect(before == after, "\(dimensions) dimensions, \(spread)")
                }
            }
        }
    }
}

extension Array {
    fileprivate func repeated(_ times: Int) -> [Element] { (0..<times).flatMap { _ in self } }
}
