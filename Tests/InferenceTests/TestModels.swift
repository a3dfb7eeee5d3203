import Base
import Foundation
import SystemPackage
import TestSupport

@testable import Inference

/// What the tests of this room find around them.
enum TestModels {
    /// Whether OpenVINO is here, or must be.
    static let hasRuntime =
        !Surroundings.isSanitized
        && (!Surroundings.mayLeaveOut || (try? OpenVINOLibrary.shared.get()) != nil)

    /// The folder of OpenVINO's library.
    static let runtimeFolder = (try? OpenVINOLibrary.shared.get()).map { library in
        FilePath(library.path).removingLastComponent().string
    }

    /// Whether YOLOX-nano and photographs are here as well, or must be.
    static let hasYOLOX =
        hasRuntime && Surroundings.offers("models/yolox_nano.onnx") && Surroundings.offers("data/coco128")

    /// What scripts/setup has fetched out of Python packages.
    static let packaged = FilePath(Surroundings.repository.appendingPathComponent(".tools/models").path)

    /// Whether these are here as well as OpenVINO, or must be.
    static let hasPackaged =
        hasRuntime && (!Surroundings.mayLeaveOut || FileManager.default.fileExists(atPath: packaged.string))

    /// Whether photographs are here, or must be.
    static let hasPhotographs = Surroundings.offers("data/coco128")

    /// The folder of models from outside of the repository.
    static let folder = FilePath(Surroundings.testFolder.appendingPathComponent("models").path)

    /// The first photographs of COCO, by name.
    static func photographs(_ count: Int) throws -> [URL] {
        let folder = Surroundings.testFolder.appendingPathComponent("data/coco128/images/train2017")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return Array(files.filter { $0.pathExtension == "jpg" }.sorted { $0.path < $1.path }.prefix(count))
    }

    /// A description of a detector, with some members replaced; `nil` removes one.
    static func description(_ changes: [String: Value?] = [:]) -> Document {
        var document: Document = [
            "id": "cats", "version": "1", "task": "detection", "licence": "MIT",
            "file": ["name": "cats.onnx", "sha256": .string(String(repeating: "ab", count: 32))],
            "input": [
                "width": 64, "height": 32, "layout": "nchw", "colour": "rgb",
                "resize": ["kind": "squash", "filter": "linear"],
            ],
            "decoder": ["kind": "yolov8"], "labels": ["cat", "dog"],
        ]
        for (key, value) in changes { document[key] = value }
        return document
    }

    /// The model of a description, parsed.
    static func parsed(_ changes: [String: Value?] = [:]) throws(InferenceError) -> ModelDescription {
        try ModelDescription(json: Array(description(changes).json.utf8))
    }
}
