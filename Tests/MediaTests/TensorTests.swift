import Base
import Media
import TestSupport
import Testing

@Suite(.onOwnThreads) struct TensorTests {
    private let raster = Raster(width: 2, height: 1, channels: 3, pixels: [0, 1, 2, 253, 254, 255])

    private func floats(_ tensor: Tensor) -> [Float] {
        tensor.bytes.withUnsafeBytes { raw in
            (0..<tensor.bytes.count / 4).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
    }

    @Test func `bytes are the samples, interleaved or in planes`() throws {
        let interleaved = try raster.tensor(TensorFormat())
        #expect(interleaved.bytes == raster.pixels)
        #expect(interleaved.shape == [1, 1, 2, 3])
        let planar = try raster.tensor(TensorFormat(layout: .nchw))
        #expect(planar.bytes == [0, 253, 1, 254, 2, 255])
        #expect(planar.shape == [1, 3, 1, 2])
    }

    @Test func `floats are the samples unless a scale is given`() throws {
        #expect(floats(try raster.tensor(TensorFormat(element: .float32))) == [0, 1, 2, 253, 254, 255])
        let scaled = floats(try raster.tensor(TensorFormat(element: .float32, scale: 1.0 / 255)))
        #expect(scaled == [0, 1, 2, 253, 254, 255].map { Float(Double($0) * (1.0 / 255)) })
    }

    @Test("floats are NumPy's, rounded once", .enabled(if: PythonOracle.isAvailable))
    func equalNumPy() throws {
        var random = SeededGenerator(seed: 41)
        let jobs = (0..<30).map { index -> (OperationOracle.Job, TensorFormat) in
            let raster = random.raster(
                width: random.side(upTo: 60), height: random.side(upTo: 60), channels: random.channels())
            let values = index % 2 == 0 ? 1 : raster.channels
            let mean = (0..<values).map { _ in Double.random(in: -1...1, using: &random) }
            let std = (0..<values).map { _ in Double.random(in: 0.1...2, using: &random) }
            let format = TensorFormat(
                element: .float32, layout: index % 3 == 0 ? .nchw : .nhwc,
                scale: Double.random(in: 0.001...1, using: &random), mean: mean, std: std)
            let job = OperationOracle.Job(
                name: "tensor", raster: raster,
                parameters: [
                    "scale": .float(format.scale), "mean": .array(mean.map(Value.float)),
                    "std": .array(std.map(Value.float)), "planar": .boolean(format.layout == .nchw),
                ])
            return (job, format)
        }
        for (job, answer) in zip(jobs, try OperationOracle.answers(jobs.map(\.0))) {
            let tensor = try job.0.raster.tensor(job.1)
            #expect(tensor.bytes == answer.bytes, "seed 41, \(job.1)")
            #expect(
                Array(tensor.shape.dropFirst()) == [answer.height, answer.width, answer.channels],
                "seed 41, \(job.1)")
        }
    }

    @Test func `planes of four channels are in order`() throws {
        let raster = Raster(width: 1, height: 2, channels: 4, pixels: [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(try raster.tensor(TensorFormat(layout: .nchw)).bytes == [1, 5, 2, 6, 3, 7, 4, 8])
        #expect(
            floats(try raster.tensor(TensorFormat(element: .float32, layout: .nchw))) == [
                1, 5, 2, 6, 3, 7, 4, 8,
            ])
    }

    @Test func `means for another number of channels, and results that are no number, are refused`() {
        let formats = [
            TensorFormat(element: .float32, mean: [0, 0]),
            TensorFormat(element: .float32, std: [1, 1, 1, 1]),
            TensorFormat(element: .float32, std: [0]), TensorFormat(element: .float32, scale: 1e40),
            TensorFormat(element: .float32, mean: []), TensorFormat(element: .float32, scale: .nan),
        ]
        for format in formats {
            let error = #expect(throws: MediaError.self) { try raster.tensor(format) }
            #expect(error?.code == .invalidOperation)
        }
    }
}
