import Base
import Foundation
import Inference
import Media
import SystemPackage
import TestSupport
import Testing

/// Models of whole images and of texts against OpenVINO's Python API.
@Suite(.onOwnThreads, .enabled(if: TestModels.hasPackaged && PythonOracle.isAvailable))
struct VectorParityTests {
    private let registry = ModelRegistry(searchPath: [TestModels.packaged])

    private func oracle(_ kind: String, _ model: String, _ inputs: [String]) throws -> [[Double]] {
        let folder = try #require(TestModels.runtimeFolder)
        let lines = try PythonOracle.lines(
            of: "vector_oracle.py", [folder, kind, TestModels.packaged.appending(model).string] + inputs)
        return try lines.map { try #require(JSON.parse($0).arrayValue).compactMap(\.floatValue) }
    }

    private func pictures() throws -> ([URL], [Raster]) {
        let images = try TestModels.photographs(12)
        return (
            images,
            try images.map {
                try ImageCodec.decode(contents(of: $0), options: DecodeOptions(layout: .rgb)).raster
            }
        )
    }

    @Test(.enabled(if: TestModels.hasPhotographs))
    func `open_nsfw's score is that of OpenVINO's Python API`() throws {
        let model = try registry.load("open-nsfw")
        let (images, rasters) = try pictures()
        let expected = try oracle("nsfw", "open-nsfw.onnx", images.map(\.path))
        try #require(expected.count == rasters.count)
        for (raster, score) in zip(rasters, expected) {
            #expect(abs(try model.unsafeScore(raster) - score[0]) < 1e-4)
        }
    }

    @Test(.enabled(if: TestModels.hasPhotographs))
    func `MobileNetV2's vectors are those of OpenVINO's Python API, and have length 1`() throws {
        let model = try registry.load("mobilenet-v2")
        let (images, rasters) = try pictures()
        let expected = try oracle("mobilenet", "mobilenet-v2.onnx", images.map(\.path))
        try #require(expected.count == rasters.count)
        for (raster, wanted) in zip(rasters, expected) {
            let vector = try model.embed(raster)
            try #require(vector.count == 1_280 && wanted.count == 1_280)
            #expect(zip(vector, wanted).allSatisfy { abs(Double($0) - $1) < 1e-4 })
            #expect(abs(vector.reduce(0) { $0 + Double($1) * Double($1) } - 1) < 1e-5)
        }
    }

    @Test func `MiniLM's vectors are those of OpenVINO's Python API, whatever the script`() throws {
        let model = try registry.load("minilm-l6-v2")
        let texts = [
            "vehicle", "car", "banana", "A man riding a wave on top of a surfboard.",
            "Café crème, s'il vous plaît!",
            "две собаки бегут", "猫が寝ている", "naïve résumé—it's 3.5% off", "ÅNGSTRÖM", "α-β", "한국어 문장",
            String(repeating: "many words ", count: 400), "🚲 bike", "unaffable pneumonoultramicroscopic",
        ]
        let vocabulary = TestModels.packaged.appending("minilm-l6-v2-vocab.txt").string
        let expected = try oracle("minilm", "minilm-l6-v2-int8.onnx", [vocabulary] + texts)
        try #require(expected.count == texts.count)
        for (text, wanted) in zip(texts, expected) {
            let vector = try model.embed(text: text)
            try #require(vector.count == 384 && wanted.count == 384)
            // Its weights are of 8 bits, which the two runs round alike.
            let cosine = zip(vector, wanted).reduce(0) { $0 + Double($1.0) * $1.1 }
            #expect(cosine > 0.9999, "\(text.prefix(40))")
        }
    }

    @Test func `a model refuses what its task does not give`() throws {
        let model = try registry.load("blazeface-short")
        let raster = Raster(width: 1, height: 1, channels: 3, pixels: [1, 2, 3])
        for call in [
            { _ = try model.classify(raster) }, { _ = try model.embed(raster) },
            { _ = try model.segment(raster) },
            { _ = try model.unsafeScore(raster) }, { _ = try model.embed(text: "a") },
        ] as [() throws -> Void] {
            #expect(#expect(throws: InferenceError.self) { try call() }?.code == .wrongTask)
        }
        #expect(try model.detect(raster) == [])
    }
}
