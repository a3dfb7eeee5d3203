import Base
import Media
import TestSupport
import Testing

@testable import Inference

@Suite struct DescriptionTests {
    private func message(_ changes: [String: Value?]) -> String {
        do {
            _ = try TestModels.parsed(changes)
            return "nothing"
        } catch {
            #expect(error.code == .invalidDescription)
            return error.message
        }
    }

    @Test func `a description is read as it is written`() throws {
        let description = try TestModels.parsed([
            "title": "Cats",
            "source": ["package": "cats-onnx", "version": "2.0", "member": "cats/cats.onnx"],
            "input": [
                "width": 416, "height": 320, "layout": "nhwc", "element": "f32", "colour": "bgr",
                "scale": 0.5,
                "mean": [1, 2, 3], "std": 4,
                "resize": ["kind": "letterbox", "filter": "area", "position": "centre", "pad": [1, 2, 3]],
            ],
        ])
        #expect(description.sourceText == "model:cats@1")
        #expect(
            description.source == .wheel(package: "cats-onnx", version: "2.0", member: "cats/cats.onnx"))
        let input = try #require(description.input)
        #expect(input.shape == [1, 320, 416, 3])
        #expect(input.colour == .bgr && input.filter == .area)
        #expect(
            input.format
                == TensorFormat(element: .float32, layout: .nhwc, scale: 0.5, mean: [1, 2, 3], std: [4]))
        #expect(input.resize == .letterbox(isCentred: true, pad: FillColour(red: 1, green: 2, blue: 3)))
        #expect(description.labels == .list(["cat", "dog"]))
    }

    private static let refused: [(String, String, String)] = [
        ("id", #""Cats""#, "id must be"),
        ("id", #""../cats""#, "id must be"),
        ("id", #""..""#, "id must be"),
        ("id", "1", "id must be a string"),
        ("version", #""1 @2""#, "version must be"),
        ("version", #""""#, "version must have 1 to 64 bytes"),
        ("licence", #""M\u0000T""#, "licence must have no control characters"),
        ("task", #""drawing""#, #"task must be one of "classification""#),
        ("colour", #""rgb""#, "colour is no key of a description"),
        ("file", #"{"name": "a/cats.onnx"}"#, "file.name must be the name of a file"),
        ("file", #"{"name": "model.json"}"#, "file.name must be the name of a file"),
        ("file", #"{"name": "cats.pt"}"#, "file.name must end in one of .onnx, .tflite, .xml"),
        ("file", #"{"name": "cats.xml"}"#, "weights is missing"),
        ("file", #"{"name": "cats.onnx", "sha256": "12"}"#, "file.sha256 must be 64 hexadecimal digits"),
        ("file", #"{"name": "cats.onnx", "size": 3}"#, "file.size is no key"),
        ("weights", #"{"name": "cats.bin"}"#, "weights is only for a model in .xml"),
        ("source", #"{"url": "ftp://a/b"}"#, "source.url must begin with https://"),
        ("source", #"{"url": "https://a/b", "member": "c"}"#, "source has a url and a member"),
        (
            "source", #"{"package": "--extra", "version": "1", "member": "c"}"#,
            "source.package must be letters"
        ),
        ("source", #"{"package": "cats", "member": "c"}"#, "source.version is missing"),
        ("source", "{}", "source must have a url"),
        ("decoder", #"{"kind": "vector", "dimensions": 3}"#, "decoder of kind vector reads embedding"),
        ("decoder", #"{"kind": "yolo"}"#, "decoder.kind must be one of"),
        ("decoder", "{}", "decoder.kind is missing"),
        ("decoder", #"{"kind": "yolov8", "iou": 1.5}"#, "decoder.iou must be a number in 0.0...1.0, not 1.5"),
        ("decoder", #"{"kind": "yolov8", "strides": [8]}"#, "decoder.strides is no key"),
        ("decoder", #"{"kind": "yolox"}"#, "decoder.strides is missing"),
        (
            "decoder", #"{"kind": "yolox", "strides": [8, 0]}"#,
            "decoder.strides[1] must be an integer in 1...1024"
        ),
        ("decoder", #"{"kind": "yolox", "strides": [24]}"#, "decoder.strides has 24, which does not divide"),
        ("labels", "[]", "labels must have 1 to 32768 elements, it has 0"),
        ("labels", #"["cat", 3]"#, "labels[1] must be a string, not 3"),
        ("labels", "null", "labels is missing"),
        ("labels", #"{"name": "cats.onnx"}"#, "two files of the model have one name"),
        ("input", "null", "input is missing"),
        (
            "tokens", #"{"vocabulary": {"name": "v.txt"}, "most": 9, "lower_case": true}"#,
            "tokens is not for the task"
        ),
    ]

    @Test("what is wrong is told with its place", arguments: refused)
    func refusals(key: String, value: String, expected: String) throws {
        let message = message([key: try JSON.parse(value)])
        #expect(message.hasPrefix(expected), "\(message)")
    }

    private static let refusedInputs: [(String, String, String)] = [
        ("width", "0", "input.width must be an integer in 1...4096, not 0"),
        ("width", "1099511627776", "input.width must be an integer"),
        ("height", "32.5", "input.height must be an integer in 1...4096, not 32.5"),
        ("colour", #""yuv""#, #"input.colour must be one of "rgb", "bgr", "gray""#),
        ("mean", "[1, 2]", "input.mean must have one value, or one for each of 3 channels"),
        ("std", "0", "input.std must be a number in"),
        ("element", #""f16""#, "input.element must be one of"),
        ("batch", "4", "input.batch is no key"),
        ("resize", #"{"kind": "squash"}"#, "input.resize.filter is missing"),
        ("resize", #"{"kind": "squash", "filter": "linear", "pad": 3}"#, "input.resize.pad is no key"),
        (
            "resize", #"{"kind": "crop", "filter": "linear", "width": 63, "height": 40}"#,
            "input.resize.width must be an integer in 64...4096, not 63"
        ),
        (
            "resize", #"{"kind": "shortest", "filter": "linear", "side": 63}"#,
            "input.resize.side must be an integer in 64"
        ),
        (
            "resize", #"{"kind": "letterbox", "filter": "linear", "position": "corner", "pad": [1, 2]}"#,
            "input.resize.pad must have 3 to 3 elements, it has 2"
        ),
        (
            "resize", #"{"kind": "letterbox", "filter": "linear", "position": "left", "pad": 0}"#,
            "input.resize.position must be one of"
        ),
    ]

    @Test("what is wrong with an input is told with its place", arguments: refusedInputs)
    func inputRefusals(key: String, value: String, expected: String) throws {
        var input = try #require(TestModels.description()["input"]?.objectValue)
        input[key] = try JSON.parse(value)
        let message = message(["input": .object(input)])
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test func `numbers of 8 bits take no scale`() throws {
        var input = try #require(TestModels.description()["input"]?.objectValue)
        input["element"] = "u8"
        input["scale"] = 1
        #expect(message(["input": .object(input)]).hasPrefix("input has scale, mean or std"))
    }

    @Test("text that is no description is refused", arguments: ["", "{", "[]", "3", "{\"id\": 1e999}"])
    func noDescription(text: String) {
        let error = #expect(throws: InferenceError.self) { _ = try ModelDescription(json: Array(text.utf8)) }
        #expect(error?.code == .invalidDescription)
    }

    @Test func `nesting, length and the number of values have limits`() {
        let deep = String(repeating: "[", count: 100_000)
        let long = "{\"id\": \"" + String(repeating: "a", count: 2 << 20) + "\"}"
        let many = "[" + String(repeating: "0,", count: 100_000) + "0]"
        for text in [deep, long, many] {
            let error = #expect(throws: InferenceError.self) {
                _ = try ModelDescription(json: Array(text.utf8))
            }
            #expect(error?.code == .invalidDescription)
        }
    }

    @Test func `descriptions damaged by chance are read or refused, and never more`() throws {
        let words: [Value] = [
            .null, .boolean(true), .integer(-1), .integer(.max), .integer(.min), .float(1e300), .string(""),
            .string("letterbox"), .string("a/../b"), .array([]), .array([.array([.null])]), .object([:]),
            .object(["kind": "yolox"]), .object(["name": "x.onnx"]),
        ]
        for seed in 0..<3_000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let ids = ShippedModels.descriptions.keys.sorted()
            let json = try #require(ShippedModels.descriptions[random.pick(ids)])
            var value = try JSON.parse(json)
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                value = damaged(value, by: &random, words: words)
            }
            do {
                let description = try ModelDescription(json: Array(value.json.utf8))
                #expect(ModelDescription.isID(description.id), "seed \(seed)")
                #expect(description.files.allSatisfy { !$0.name.contains("/") }, "seed \(seed)")
            } catch {
                #expect(error.code == .invalidDescription && !error.message.isEmpty, "seed \(seed)")
            }
        }
    }

    /// `value` with one part of it, at any depth, replaced, removed or doubled.
    private func damaged(_ value: Value, by random: inout SeededGenerator, words: [Value]) -> Value {
        switch value {
        case .object(var document) where !document.isEmpty && random.chance(0.8):
            let key = random.pick(document.keys)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: document[key] = nil
            case 1: document[random.pick(["kind", "name", "x", "sha256", "version"])] = random.pick(words)
            default: document[key] = damaged(document[key] ?? .null, by: &random, words: words)
            }
            return .object(document)
        case .array(var elements) where !elements.isEmpty && random.chance(0.8):
            let index = Int.random(in: elements.indices, using: &random)
            elements[index] = damaged(elements[index], by: &random, words: words)
            return .array(elements)
        default: return random.pick(words)
        }
    }

    @Test(
        "the descriptions that come with Fovea are whole", arguments: ShippedModels.descriptions.keys.sorted()
    )
    func shipped(id: String) throws {
        let description = try ModelDescription(json: try #require(ShippedModels.descriptions[id]))
        #expect(description.id == id)
        #expect(description.title != nil)
        for file in description.files {
            #expect(file.sha256 != nil, "\(file.name)")
            // MobileNetV2 is converted from weights of another format.
            let isFetched = file.source != nil || description.source != nil
            #expect(isFetched != (id == "mobilenet-v2"), "\(file.name)")
        }
    }
}
