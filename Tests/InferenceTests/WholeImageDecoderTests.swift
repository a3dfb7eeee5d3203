import Glibc
import Media
import Testing

@testable import Inference

@Suite struct WholeImageDecoderTests {
    private func outputs(_ shape: [Int], _ numbers: [Float]) throws -> OutputSet {
        try OutputSet([NetworkOutput(shape: shape, numbers: numbers)], of: "the model x")
    }

    @Test func `softmax gives shares of the exponentials, the largest first`() throws {
        let decoder = ClassDecoder(activation: .softmax, top: 2, confidence: 0)
        let found = try decoder.classes(
            in: outputs([1, 3], [Float(log(1.0)), Float(log(5.0)), Float(log(2.0))]), labels: ["a", "b", "c"])
        #expect(found.map(\.label) == ["b", "c"])
        #expect(abs(found[0].confidence - 0.625) < 1e-6)
        #expect(abs(found[1].confidence - 0.25) < 1e-6)
    }

    @Test func `softmax of large numbers does not overflow`() throws {
        let decoder = ClassDecoder(activation: .softmax, top: 5, confidence: 0)
        let found = try decoder.classes(in: outputs([2], [3e38, 3e38]), labels: ["a", "b"])
        #expect(found.map(\.confidence) == [0.5, 0.5])
        #expect(found.map(\.label) == ["a", "b"])
    }

    @Test func `sigmoid takes each class on its own, and weak ones are left out`() throws {
        let decoder = ClassDecoder(activation: .sigmoid, top: 5, confidence: 0.5)
        let found = try decoder.classes(
            in: outputs([1, 3, 1, 1], [0, -1, Float(log(3.0))]), labels: ["a", "b", "c"])
        #expect(found.map(\.label) == ["c", "a"])
        #expect(abs(found[0].confidence - 0.75) < 1e-6)
    }

    @Test func `labels of another number than the output are refused with both numbers`() throws {
        let decoder = ClassDecoder(activation: .softmax, top: 5, confidence: 0)
        let error = #expect(throws: InferenceError.self) {
            _ = try decoder.classes(in: outputs([1, 3], [1, 2, 3]), labels: ["a"])
        }
        #expect(error?.code == .invalidModel)
        #expect(error?.message.contains("3 numbers") == true && error?.message.contains("1 labels") == true)
    }

    @Test func `a vector is divided by its length, unless it is to stay`() throws {
        let outputs = try outputs([1, 2, 1, 1], [3, -4])
        #expect(try VectorDecoder(dimensions: 2, normalises: true).vector(in: outputs) == [0.6, -0.8])
        #expect(try VectorDecoder(dimensions: 2, normalises: false).vector(in: outputs) == [3, -4])
        #expect(throws: InferenceError.self) {
            _ = try VectorDecoder(dimensions: 3, normalises: true).vector(in: outputs)
        }
    }

    @Test func `a vector of zeros has no direction`() throws {
        let error = #expect(throws: InferenceError.self) {
            _ = try VectorDecoder(dimensions: 2, normalises: true).vector(in: outputs([2], [0, 0]))
        }
        #expect(error?.code == .invalidOutput)
    }

    @Test func `a score is the number at its index`() throws {
        let decoder = ScoreDecoder(activation: .none, index: 1)
        #expect(try decoder.score(in: outputs([1, 2], [0.25, 0.75])) == 0.75)
        let error = #expect(throws: InferenceError.self) { _ = try decoder.score(in: outputs([1], [0.25])) }
        #expect(error?.code == .invalidModel)
    }

    @Test(arguments: [TensorFormat.Layout.nchw, .nhwc])
    func `a mask has the largest class of the cell that each pixel falls into`(
        layout: TensorFormat.Layout
    ) throws {
        // Cells (left, right) of classes 2 and 1; the image is 4 × 2 and the input 8 × 4, twice as large.
        let planar: [Float] = [0, 0, 1, 5, 3, 1]
        let numbers = layout == .nchw ? planar : [0, 1, 3, 0, 5, 1]
        let decoder = MaskDecoder(layout: layout, confidence: 0.5, appliesSigmoid: false)
        let mask = try decoder.mask(
            in: outputs(layout == .nchw ? [1, 3, 1, 2] : [1, 1, 2, 3], numbers),
            size: PixelSize(width: 8, height: 4),
            placement: Placement(
                scaleX: 2, scaleY: 2, offsetX: 0, offsetY: 0, size: PixelSize(width: 4, height: 2)),
            classCount: 3)
        #expect(mask.classes == [2, 2, 1, 1, 2, 2, 1, 1])
    }

    @Test func `one number a pixel is class 1 above the confidence`() throws {
        let decoder = MaskDecoder(layout: .nchw, confidence: 0.5, appliesSigmoid: true)
        let mask = try decoder.mask(
            in: outputs([1, 1, 1, 3], [-0.1, 0, 0.1]), size: PixelSize(width: 3, height: 1),
            placement: Placement(
                scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0, size: PixelSize(width: 3, height: 1)),
            classCount: 2)
        #expect(mask.classes == [0, 0, 1])
    }

    @Test func `the mean is over tokens`() throws {
        let decoder = VectorDecoder(dimensions: 2, normalises: false)
        let mean = try decoder.meanVector(in: outputs([1, 2, 2], [1, 2, 3, 6]), tokenCount: 2)
        #expect(mean == [2, 4])
    }
}
