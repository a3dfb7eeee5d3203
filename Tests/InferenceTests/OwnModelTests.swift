import Base
import Foundation
import Media
import SystemPackage
import TestSupport
import Testing

@testable import Inference

/// Models as users bring them: made by another program, described by hand, with weights in a second file.
@Suite(.onOwnThreads, .enabled(if: TestModels.hasRuntime && PythonOracle.isAvailable))
struct OwnModelTests {
    private let folder: TemporaryFolder
    private let registry: ModelRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = ModelRegistry(folder: folder.path.appending("models"))
        let runtime = try #require(TestModels.runtimeFolder)
        _ = try PythonOracle.run("tiny_models.py", [runtime, folder.path.string])
    }

    /// Adds a model as it is described, and loads it.
    private func model(_ name: String, _ changes: [String: Value?]) throws -> Model {
        var all: [String: Value?] = [
            "id": .string(name), "file": ["name": .string(name + ".xml")],
            "weights": ["name": .string(name + ".bin")],
            "input": [
                "width": 4, "height": 2, "layout": "nchw", "colour": "rgb",
                "resize": ["kind": "squash", "filter": "linear"],
            ],
        ]
        all.merge(changes) { $1 }
        let text = Array(TestModels.description(all).json.utf8)
        let description = FilePath(try folder.write(text, to: "\(name).json"))
        try registry.add(
            folder.path.appending("\(name).xml"), description: description, isTried: true)
        return try registry.load(name)
    }

    /// All pixels alike, but for the first.
    private func picture(first: [UInt8], rest: [UInt8]) -> Raster {
        Raster(width: 4, height: 2, channels: 3, pixels: first + (0..<7).flatMap { _ in rest })
    }

    @Test func `a model in two files classifies: means of channels, through softmax`() throws {
        let model = try model(
            "classes",
            [
                "task": "classification", "labels": ["red", "green", "blue"],
                "decoder": ["kind": "classes", "activation": "softmax"],
            ])
        // Means 3, 2 and 1, times 1, 2 and 3: 3, 4, 3.
        let found = try model.classify(picture(first: [3, 2, 1], rest: [3, 2, 1]))
        #expect(found.map(\.label) == ["green", "red", "blue"])
        let share = 1 / (1 + 2 / Float.expOfOne)
        #expect(abs(Float(found[0].confidence) - share) < 1e-5)
        #expect(model.description.sourceText == "model:classes@1")
    }

    @Test func `a model that computes no number is an error, and the next image is computed all the same`()
        throws
    {
        let model = try model(
            "ratio",
            [
                "task": "embedding", "labels": nil,
                "decoder": ["kind": "vector", "dimensions": 24, "normalise": false],
            ])
        let error = #expect(throws: InferenceError.self) {
            _ = try model.embed(picture(first: [0, 1, 1], rest: [1, 1, 1]))
        }
        #expect(error?.code == .invalidOutput)
        #expect(error?.message.contains("not finite") == true)
        #expect(
            try model.embed(picture(first: [5, 1, 1], rest: [1, 1, 1])) == [Float](repeating: 1, count: 24))
    }

    @Test func `a mask has the class of the largest channel at each pixel of the image`() throws {
        let model = try model(
            "mask",
            [
                "task": "segmentation", "labels": ["red", "green", "blue"],
                "decoder": ["kind": "mask", "layout": "nchw"],
            ])
        let mask = try model.segment(picture(first: [0, 0, 9], rest: [1, 8, 7]))
        #expect(mask.size == PixelSize(width: 4, height: 2))
        #expect(mask.classes == [2, 1, 1, 1, 1, 1, 1, 1])
    }

    @Test func `an input that the model cannot take is refused when it is added`() throws {
        // As 1 × 2 × 4 × 3 the means are two, and cannot be multiplied by three numbers.
        let input: Value = [
            "width": 4, "height": 2, "layout": "nhwc", "colour": "rgb",
            "resize": ["kind": "squash", "filter": "linear"],
        ]
        let error = #expect(throws: InferenceError.self) {
            _ = try model(
                "classes",
                [
                    "task": "classification", "labels": ["red", "green", "blue"], "input": input,
                    "decoder": ["kind": "classes", "activation": "softmax"],
                ])
        }
        #expect(error?.code == .invalidModel)
        #expect(error?.message.contains("1×2×4×3") == true)
        #expect(files(below: folder.path.appending("models")) == [])
    }

    @Test func `labels of another number than the model's classes are refused when it is added`() throws {
        let error = #expect(throws: InferenceError.self) {
            _ = try model(
                "classes",
                [
                    "task": "classification", "labels": ["red", "green"],
                    "decoder": ["kind": "classes", "activation": "softmax"],
                ])
        }
        #expect(error?.code == .invalidModel)
        #expect(error?.message.contains("3 numbers") == true && error?.message.contains("2 labels") == true)
        #expect(files(below: folder.path.appending("models")) == [])
    }

    @Test func `weights that are cut short are refused`() throws {
        let bytes = try contents(of: folder.path.appending("classes.bin"))
        try write(Array(bytes.prefix(4)), to: folder.path.appending("classes.bin"))
        let error = #expect(throws: InferenceError.self) {
            _ = try model(
                "classes",
                [
                    "task": "classification", "labels": ["red", "green", "blue"],
                    "decoder": ["kind": "classes", "activation": "softmax"],
                ])
        }
        #expect(error?.code == .invalidModel)
        #expect(files(below: folder.path.appending("models")) == [])
    }
}

extension Float {
    /// The base of natural logarithms.
    fileprivate static let expOfOne: Float = 2.718_281_8
}
