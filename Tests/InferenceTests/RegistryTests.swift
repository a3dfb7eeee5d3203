import Base
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Inference

@Suite struct RegistryTests {
    private let folder: TemporaryFolder
    private let registry: ModelRegistry
    private let bytes: [UInt8] = Array("no model at all".utf8)

    init() throws {
        folder = try TemporaryFolder()
        registry = ModelRegistry(
            searchPath: [folder.path.appending("first"), folder.path.appending("second")],
            folder: folder.path.appending("store/models"))
    }

    private var digest: String { SHA256Digest(ofModel: bytes).description }

    /// The SHA-256 as another program has it: `printf 'no model at all' | sha256sum`.
    @Test func `the digest is that of sha256sum`() throws {
        let file = try folder.write(bytes, to: "bytes")
        #expect(try Program.run("sha256sum", [file]).text.hasPrefix(digest))
    }

    @discardableResult
    private func writeDescription(_ name: String, _ changes: [String: Value?] = [:]) throws -> FilePath {
        FilePath(try folder.write(Array(TestModels.description(changes).json.utf8), to: name))
    }

    private func file(_ digest: String?) -> Value {
        var file: Document = ["name": "cats.onnx"]
        file["sha256"] = digest.map(Value.string)
        return .object(file)
    }

    private func error(_ body: () throws -> Void) -> InferenceError? {
        #expect(throws: InferenceError.self) { try body() }
    }

    @Test func `what is not here says how it can be had`() throws {
        let entry = try registry.entry("yolox-nano")
        #expect(entry.origin == .shipped && !entry.isComplete)
        #expect(entry.problem == "yolox_nano.onnx is missing")
        let error = error { _ = try registry.load("yolox-nano") }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("fovea model pull yolox-nano") == true)
    }

    @Test(arguments: ["dogs", "", "../x", "a b", "É"])
    func `an unknown id is refused with those that there are`(id: String) {
        let error = error { _ = try registry.entry(id) }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("yolox-nano") == true)
    }

    @Test func `a file whose hash differs is never run`() throws {
        try writeDescription("first/cats/model.json", ["file": file(digest)])
        try folder.write(Array("something else".utf8), to: "first/cats/cats.onnx")
        let error = error { _ = try registry.load("cats") }
        #expect(error?.code == .hashMismatch)
        #expect(error?.message.contains("cats.onnx") == true && error?.message.contains(digest) == true)
    }

    @Test func `a file that differs does not hide the right one in a later folder`() throws {
        try writeDescription("first/cats/model.json", ["file": file(digest)])
        try folder.write(Array("something else".utf8), to: "first/cats.onnx")
        try folder.write(bytes, to: "second/cats.onnx")
        let entry = try registry.entry("cats")
        #expect(entry.isComplete)
        #expect(entry.files.first?.state == .found(folder.path.appending("second/cats.onnx")))
    }

    @Test func `the first folder's description counts, and one of its own name only`() throws {
        try writeDescription("first/cats/model.json", ["version": "2"])
        try writeDescription("second/cats/model.json", ["version": "3"])
        #expect(try registry.entry("cats").description.version == "2")
        try writeDescription("second/dogs/model.json")
        let error = error { _ = try registry.entry("dogs") }
        #expect(error?.code == .invalidDescription)
        #expect(error?.message.contains("id is cats, its folder is dogs") == true)
        let (entries, problems) = registry.entries()
        #expect(entries.map(\.description.id) == (["cats"] + ShippedModels.descriptions.keys).sorted())
        #expect(problems.count == 1)
    }

    @Test func `adding puts the digest in, removing takes the model away, and twice is refused`() throws {
        let description = try writeDescription("given.json", ["file": file(nil)])
        let model = FilePath(try folder.write(bytes, to: "given.onnx"))
        let added = try registry.add(model, description: description, isTried: false)
        #expect(added.file.sha256?.description == digest)
        #expect(try registry.entry("cats").isComplete)
        #expect(
            files(below: folder.path.appending("store")) == [
                "models/cats/cats.onnx", "models/cats/model.json",
            ])
        #expect(
            error { try registry.add(model, description: description, isTried: false) }?.code == .conflict)
        try registry.add(model, description: description, replacing: true, isTried: false)
        #expect(files(below: folder.path.appending("store")).count == 2)
        try registry.remove("cats")
        #expect(files(below: folder.path.appending("store")) == [])
        #expect(error { try registry.remove("cats") }?.code == .notFound)
        let shipped = error { try registry.remove("yolox-nano") }
        #expect(shipped?.message.contains("comes with Fovea") == true)
    }

    @Test func `labels in a file come along, and a description that has another hash is refused`() throws {
        let wrong = String(repeating: "0", count: 64)
        let model = FilePath(try folder.write(bytes, to: "given.onnx"))
        let bad = try writeDescription("given.json", ["file": file(wrong)])
        #expect(error { try registry.add(model, description: bad, isTried: false) }?.code == .hashMismatch)
        let labelled = try writeDescription(
            "given.json", ["file": file(nil), "labels": ["name": "labels.txt"]])
        #expect(error { try registry.add(model, description: labelled, isTried: false) }?.code == .notFound)
        #expect(files(below: folder.path.appending("store")) == [])
        try folder.write(Array("cat\ndog\n".utf8), to: "labels.txt")
        let added = try registry.add(model, description: labelled, isTried: false)
        #expect(added.files.allSatisfy { $0.sha256 != nil } && added.files.count == 2)
    }

    @Test func `a file of a known model is told by its hash, and any other is refused`() throws {
        try writeDescription(
            "first/cats/model.json",
            [
                "file": file(digest),
                "labels": ["name": "labels.txt", "sha256": .string(String(repeating: "0", count: 64))],
            ])
        let given = FilePath(try folder.write(bytes, to: "of any name"))
        let entry = try registry.add(given)
        #expect(entry.description.id == "cats" && entry.problem == "labels.txt is missing")
        #expect(
            files(below: folder.path.appending("store")) == [
                "models/cats/cats.onnx", "models/cats/model.json",
            ])
        let other = FilePath(try folder.write([1], to: "other"))
        #expect(error { _ = try registry.add(other) }?.code == .notFound)
        #expect(error { _ = try registry.add("/nowhere") }?.code == .notFound)
    }

    @Test func `what was fetched is written only if it is what the description says`() throws {
        try writeDescription("first/cats/model.json", ["file": file(digest)])
        let entry = try registry.entry("cats")
        let wrong = error { try registry.install(["cats.onnx": [1, 2]], of: entry) }
        #expect(wrong?.code == .hashMismatch)
        #expect(files(below: folder.path.appending("store")) == [])
        try registry.install(["cats.onnx": bytes], of: entry)
        #expect(try registry.entry("cats").isComplete)
    }

    @Test(.enabled(if: TestModels.hasRuntime))
    func `a file that is no model is refused with a sentence when it is added`() throws {
        let description = try writeDescription("given.json", ["file": file(nil)])
        let model = FilePath(try folder.write(bytes, to: "given.onnx"))
        let error = error { try registry.add(model, description: description, isTried: true) }
        #expect(error?.code == .invalidModel)
        #expect(files(below: folder.path.appending("store")) == [])
    }

    @Test(
        "labels are lines",
        arguments: [
            ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\n", ["a"]),
        ])
    func labelLines(text: String, expected: [String]) throws {
        #expect(try LabelSource.labels(in: Array(text.utf8), of: "labels.txt") == expected)
    }

    @Test(
        "labels that are none are refused", arguments: [[], Array("a\n\nb".utf8), [0xFF, 0x0A]] as [[UInt8]])
    func noLabels(bytes: [UInt8]) {
        let error = error { _ = try LabelSource.labels(in: bytes, of: "labels.txt") }
        #expect(error?.code == .invalidDescription)
    }
}
