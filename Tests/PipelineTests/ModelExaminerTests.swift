import Annotations
import Base
import Catalog
import Foundation
import Inference
import Media
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

/// What labels become of what models of each task say: small models that another program has made.
@Suite(.onOwnThreads, .enabled(if: !Surroundings.openVINO.isEmpty && PythonOracle.isAvailable))
struct ModelExaminerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try PythonOracle.run("tiny_models.py", [Surroundings.openVINO, folder.path.string])
    }

    private func examiner(
        _ name: String, task: String, decoder: String, labels: String?
    ) throws
        -> ModelExaminer
    {
        let labels = labels.map { #""labels": \#($0),"# } ?? ""
        let text = #"""
            {"id": "\#(name)-\#(task)", "version": "7", "task": "\#(task)", "licence": "MIT", \#(labels)
             "file": {"name": "\#(name).xml"}, "weights": {"name": "\#(name).bin"}, "decoder": \#(decoder),
             "input": {"width": 4, "height": 2, "layout": "nchw", "colour": "rgb", "scale": 0.00392156862745098,
                       "resize": {"kind": "squash", "filter": "linear"}}}
            """#
        let description = FilePath(try folder.write(Array(text.utf8), to: "\(name)-\(task).json"))
        let registry = ModelRegistry(folder: folder.path.appending("models"))
        try registry.add(folder.path.appending("\(name).xml"), description: description, isTried: true)
        return try ModelExaminer(try registry.load("\(name)-\(task)", options: ModelOptions(requestCount: 2)))
    }

    /// All pixels alike, but for the first.
    private func picture(first: [UInt8], rest: [UInt8]) -> Raster {
        Raster(width: 4, height: 2, channels: 3, pixels: first + (0..<7).flatMap { _ in rest })
    }

    @Test func `classes become class labels with their confidence, a score the label unsafe`() throws {
        let classes = try examiner(
            "classes", task: "classification",
            decoder: #"{"kind": "classes", "activation": "sigmoid", "confidence": 0.55}"#,
            labels: #"["red", "green", "blue"]"#)
        #expect(classes.source == "model:classes-classification@7" && classes.concurrency == 2)
        // Means 0.2, 0.2 and 0, times 1, 2 and 3; the sigmoid of 0.2 is 0.5498, that of 0.4 0.5987.
        let pixel: [UInt8] = [51, 51, 0]
        let found = try classes.examine(picture(first: pixel, rest: pixel))
        #expect(found.count == 1 && found[0].vector == nil)
        #expect(found[0].labels.map(\.name) == ["green"] && found[0].labels.map(\.kind) == [.class])
        #expect(abs((found[0].labels[0].confidence ?? 0) - 0.598688) < 1e-5)

        let unsafe = try examiner(
            "classes", task: "unsafe_score",
            decoder: #"{"kind": "score", "activation": "none", "index": 1}"#, labels: nil)
        let score = try unsafe.examine(picture(first: pixel, rest: pixel))[0].labels
        #expect(score.map(\.name) == ["unsafe"] && abs((score[0].confidence ?? 0) - 0.4) < 1e-6)
    }

    @Test func `a mask becomes a label for each class that is seen, the background left out`() throws {
        let examiner = try examiner(
            "mask", task: "segmentation", decoder: #"{"kind": "mask", "layout": "nchw"}"#,
            labels: #"["background", "cat", "dog"]"#)
        // The first pixel is a dog, the others cats; then the others are background.
        let both = try examiner.examine(picture(first: [0, 0, 9], rest: [1, 8, 7]))[0].labels
        #expect(both.map(\.name) == ["cat", "dog"] && both.allSatisfy { $0.kind == .mask })
        let dog = try #require(
            RunLengthMask(width: 4, height: 2, text: try text(of: both[1])), "\(both[1])")
        #expect(dog.counts == [0, 1, 7])
        let one = try examiner.examine(picture(first: [0, 9, 0], rest: [9, 0, 0]))[0].labels
        #expect(one.map(\.name) == ["cat"])
    }

    private func text(of label: NewLabel) throws -> String {
        guard case .json(let value)? = label.geometry, let document = value.objectValue else { return "" }
        #expect(document["size"] == [2, 4])
        return document["counts"]?.stringValue ?? ""
    }

    @Test func `a vector goes to the set of the model's name, and one that is no number is an error`() throws
    {
        let examiner = try examiner(
            "ratio", task: "embedding",
            decoder: #"{"kind": "vector", "dimensions": 24, "normalise": false}"#, labels: nil)
        #expect(examiner.descriptorSet == "ratio-embedding")
        let found = try examiner.examine(picture(first: [5, 1, 1], rest: [1, 1, 1]))
        #expect(found[0].vector == [Float](repeating: 1, count: 24) && found[0].labels.isEmpty)
        #expect(throws: InferenceError.self) {
            _ = try examiner.examine(picture(first: [0, 1, 1], rest: [1, 1, 1]))
        }
    }
}
