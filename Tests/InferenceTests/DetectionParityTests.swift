import Annotations
import Base
import Foundation
import Inference
import Media
import SystemPackage
import TestSupport
import Testing

/// Whole detectors against OpenVINO's Python API and decoders in NumPy.
@Suite(.onOwnThreads) struct DetectionParityTests {
    @Test(
        "YOLOX-nano finds what OpenVINO's Python API and NumPy find on COCO's photographs, box by box",
        .enabled(if: TestModels.hasYOLOX && PythonOracle.isAvailable))
    func yolox() throws {
        let registry = ModelRegistry(searchPath: [TestModels.folder])
        let model = try registry.load("yolox-nano")
        let file = try #require(
            registry.entry("yolox-nano").files.first.flatMap { file -> FilePath? in
                if case .found(let path) = file.state { path } else { nil }
            })
        let images = try TestModels.photographs(48)
        try #require(images.count == 48)
        let boxes = try expectParity(of: model, kind: "yolox", file: file, on: images)
        #expect(boxes > 150)
    }

    @Test(
        "the detectors of Python packages find what OpenVINO's Python API and NumPy find",
        .enabled(if: TestModels.hasPackaged && TestModels.hasPhotographs && PythonOracle.isAvailable),
        arguments: [("centerface", 10), ("blazeface-short", 3), ("blazeface-full", 3), ("mediapipe-pose", 3)])
    func packaged(id: String, fewest: Int) throws {
        let registry = ModelRegistry(searchPath: [TestModels.packaged])
        let file = TestModels.packaged.appending(try registry.entry(id).description.file.name)
        let images = try TestModels.photographs(32)
        let boxes = try expectParity(of: try registry.load(id), kind: id, file: file, on: images)
        // So many that a decoder which finds nothing would be seen.
        #expect(boxes >= fewest)
    }

    @Test(
        "images that are computed on several threads at once give what they give one by one",
        .enabled(if: TestModels.hasYOLOX))
    func together() async throws {
        let registry = ModelRegistry(searchPath: [TestModels.folder])
        let model = try registry.load("yolox-nano", options: ModelOptions(requestCount: 2))
        #expect(model.requestCount == 2)
        let images = try TestModels.photographs(6).map {
            try ImageCodec.decode(contents(of: $0), options: DecodeOptions(layout: .rgb)).raster
        }
        let alone = try images.map { try model.detect($0) }
        #expect(alone.contains { !$0.isEmpty })
        let pool = BlockingPool(label: "models", threadCount: 4)
        let answers = await model.forEach(images + images, on: pool) { try $0.detect($1) }
        #expect(try answers.map { try $0.get() } == alone + alone)
    }

    @Test(
        "a model that is described wrongly is refused with both shapes", .enabled(if: TestModels.hasYOLOX))
    func wrongDescription() throws {
        let folder = try TemporaryFolder()
        let shipped = try ModelRegistry().entry("yolox-nano")
        let text = String(decoding: shipped.json, as: UTF8.self)
            .replacingOccurrences(of: #""person", "#, with: "")
        try folder.write(Array(text.utf8), to: "yolox-nano/model.json")
        let registry = ModelRegistry(searchPath: [folder.path, TestModels.folder])
        let model = try registry.load("yolox-nano")
        let error = #expect(throws: InferenceError.self) {
            _ = try model.detect(Raster(width: 1, height: 1, channels: 3, pixels: [0, 0, 0]))
        }
        #expect(error?.code == .invalidModel)
        #expect(error?.message.contains("1×3549×85") == true && error?.message.contains("1×3549×84") == true)
    }

    /// Compares all boxes of all images, and returns how many they were.
    private func expectParity(
        of model: Model, kind: String, file: FilePath, on images: [URL]
    ) throws -> Int {
        let folder = try #require(TestModels.runtimeFolder)
        let lines = try PythonOracle.lines(
            of: "detection_oracle.py", [folder, kind, file.string] + images.map(\.path))
        try #require(lines.count == images.count)
        var count = 0
        for (image, line) in zip(images, lines) {
            let expected = try #require(JSON.parse(line).arrayValue).map(Expected.init)
            let decoded = try ImageCodec.decode(
                contents(of: image), options: DecodeOptions(layout: .rgb))
            var found = try model.detect(decoded.raster)
            #expect(found.count == expected.count, "\(image.lastPathComponent)")
            for wanted in expected {
                // Two of nearly one confidence may come in either order.
                let match = found.indices.filter { found[$0].classIndex == wanted.classIndex }.max {
                    found[$0].box.iou(with: wanted.box) < found[$1].box.iou(with: wanted.box)
                }
                guard let match else {
                    Issue.record("\(image.lastPathComponent): no \(wanted)")
                    continue
                }
                let detection = found.remove(at: match)
                #expect(detection.box.iou(with: wanted.box) >= 0.99, "\(image.lastPathComponent): \(wanted)")
                #expect(
                    abs(detection.confidence - wanted.confidence) <= 0.01,
                    "\(image.lastPathComponent): \(wanted)")
                #expect(detection.label == model.labels[wanted.classIndex])
                count += 1
            }
        }
        return count
    }

    /// A box as the oracle tells it.
    private struct Expected {
        var classIndex: Int
        var confidence: Double
        var box: Box

        init(_ row: Value) throws {
            let numbers = try #require(row.arrayValue).compactMap(\.floatValue)
            try #require(numbers.count == 6)
            classIndex = Int(numbers[0])
            confidence = numbers[1]
            box = Box(
                x: numbers[2], y: numbers[3], width: numbers[4] - numbers[2], height: numbers[5] - numbers[3])
        }
    }
}
