import Base
import Foundation
import TestSupport
import Testing

/// `fovea label` and `fovea jobs`, with the real program.
@Suite(.onOwnThreads) struct LabelJobTests {
    /// A store with so many pictures.
    private func store(_ count: Int, side: Int = 24) throws -> Fovea {
        let fovea = try Fovea()
        for index in 0..<count {
            try fovea.folder.write(
                Picture.ppm(width: side + index % 5, height: side, seed: index), to: "in/\(index).ppm")
        }
        let added = try fovea.run("add", fovea.folder.url.appendingPathComponent("in").path)
        try #require(added.status == 0, "\(added.errors)")
        return fovea
    }

    /// How many labels of a source each image has.
    private func labelled(_ fovea: Fovea, by source: String) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for label in try fovea.run("labels", "--source", source, "--json").lines() {
            counts[try #require(label["image"]?.stringValue), default: 0] += 1
        }
        return counts
    }

    @Test func `killed in the middle, a job that is resumed gives every picture its label exactly once`()
        throws
    {
        let count = 900
        let fovea = try store(count, side: 200)
        var verdicts = 0
        let kills = 3
        for kill in 0..<kills {
            let arguments =
                kill == 0 ? ["label", "--tagger", "blur", "--json"] : ["jobs", "resume", "1", "--json"]
            let job = fovea.start(arguments)
            // A line for the job, then one for each picture of a group.
            while job.process.isRunning, job.outputSoFar.count(where: { $0 == "\n" }) < 3 {
                Thread.sleep(forTimeInterval: 0.002)
            }
            Foundation.kill(job.process.processIdentifier, SIGKILL)
            let output = try job.finish().output
            verdicts +=
                output.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().count {
                    String(decoding: $0, as: UTF8.self).contains("\"verdict\"")
                }
            let labels = try labelled(fovea, by: "tagger:blur@1")
            #expect(labels.count >= verdicts, "what was told is stored")
            #expect(labels.values.allSatisfy { $0 == 1 })
            #expect(try fovea.run("verify").status == 0)
        }
        let state = try fovea.run("jobs", "show", "1", "--json").lines()
        #expect(["interrupted", "done"].contains(state[0]["state"]))
        let resumed = try fovea.run("jobs", "resume", "1", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let job = try #require(try resumed.lines().last?["job"]?.objectValue)
        #expect(job["state"] == "done" && job["run"] == 1)
        #expect(job["counts"]?.objectValue?["labelled"] == .integer(Int64(count)))
        let labels = try labelled(fovea, by: "tagger:blur@1")
        #expect(labels.count == count && labels.values.allSatisfy { $0 == 1 })
        #expect(try fovea.run("runs", "--json").lines().count == 1)
        // A second run has nothing to do, and says so.
        let again = try fovea.run("label", "--tagger", "blur")
        #expect(again.status == 0 && again.errors.hasPrefix("0 labelled (0 labels), 0 with nothing found"))
        #expect(try labelled(fovea, by: "tagger:blur@1") == labels)
    }

    @Test func `a picture that cannot be read fails alone, is retried on demand, and reverting starts over`()
        throws
    {
        let fovea = try Fovea()
        var files: [String] = []
        for index in 0..<6 {
            files.append(
                try fovea.folder.write(Picture.ppm(width: 20, height: 20, seed: index), to: "in/\(index).ppm")
            )
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        #expect(try fovea.run("add", "--reference", folder).status == 0)
        let kept = try Data(contentsOf: URL(fileURLWithPath: files[2]))
        try FileManager.default.removeItem(atPath: files[2])

        let first = try fovea.run("label", "--tagger", "lighting", "--json")
        #expect(first.status == 1)
        let verdicts = try first.lines().filter { $0["verdict"] != nil }
        #expect(verdicts.count == 6 && verdicts.count { $0["verdict"] == "labelled" } == 5)
        let failed = try #require(verdicts.first { $0["verdict"] == "failed" })
        #expect(failed["reason"]?.stringValue?.contains("2.ppm") == true, "\(failed)")
        // What failed once is passed over, too.
        #expect(try fovea.run("label", "--tagger", "lighting").status == 0)
        try kept.write(to: URL(fileURLWithPath: files[2]))
        let retried = try fovea.run("label", "--tagger", "lighting", "--retry-failed")
        #expect(retried.status == 0 && retried.errors.hasPrefix("1 labelled (1 labels)"), "\(retried.errors)")
        #expect(try labelled(fovea, by: "tagger:lighting@1").count == 6)

        #expect(try fovea.run("revert", "1").errors == "run 1: 5 labels taken back, 0 restored\n")
        let again = try fovea.run("label", "--tagger", "lighting", #"{"width": 20}"#, "--limit", "4")
        #expect(again.errors.hasPrefix("4 labelled (4 labels)"), "\(again.errors)")
        #expect(try labelled(fovea, by: "tagger:lighting@1").count == 5)
        #expect(try fovea.run("verify").status == 0)
    }

    @Test
    func `a job that nobody works on is done by the next server, and one beside a server goes through it`()
        throws
    {
        let fovea = try store(8)
        let left = try fovea.run("label", "--tagger", "contrast", "--detach", "--json")
        #expect(left.status == 0 && left.text.contains(#""state":"waiting""#), "\(left.text)")
        #expect(try labelled(fovea, by: "tagger:*").isEmpty)
        let server = fovea.start(["serve", "--http", "127.0.0.1:0", "--json"])
        try #require(try server.firstLine() != nil, "\(server.errorsSoFar)")
        while server.process.isRunning,
            try !fovea.run("jobs", "list", "--open", "--json").output.isEmpty
        {}
        #expect(try labelled(fovea, by: "tagger:contrast@1").count == 8)
        let beside = try fovea.run("label", "--tagger", "brightness", "--tagger", "colours")
        #expect(beside.status == 0 && beside.errors.hasPrefix("8 labelled"), "\(beside.errors)")
        let cancelled = try fovea.run("jobs", "cancel", "2")
        #expect(cancelled.errors == "job 2 is done\n")
        server.process.terminate()
        #expect(try server.finish().status == 0)
        #expect(try fovea.run("jobs", "list").text.hasPrefix("job"))
        #expect(try fovea.run("jobs", "show", "7").status == 2)
        #expect(try fovea.run("jobs", "resume", "0").status == 64)
    }

    @Test func `what cannot label is said at once, and leaves no job`() throws {
        let fovea = try store(1)
        let alone = ["FOVEA_MODEL_PATH": "", "FOVEA_OPENVINO": "/nowhere"]
        for (arguments, status, words) in [
            (["label"], Int32(64), "--model ID"), (["label", "--tagger", "smell"], 2, "brightness"),
            (["label", "--model", "nothing"], 2, "there is no model nothing"),
            (["label", "--model", "minilm-l6-v2"], 64, "cannot label pictures"),
            (["label", "--model", "a", "--tagger", "blur"], 64, "--tagger NAME"),
            (["label", "--tagger", "blur", #"{"$no": 1}"#], 64, "$no"),
        ] {
            let outcome = try fovea.run(arguments, environment: alone)
            #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome.errors)")
        }
        #expect(try fovea.run("jobs", "list").errors == "there is no such job\n")
        // A model whose file is not here, or is none, is found out when it is loaded.
        let missing = try fovea.run(["label", "--model", "yolox-nano"], environment: alone)
        #expect(missing.status == 2 && missing.errors.contains("yolox_nano.onnx is missing"))
        let file = try fovea.folder.write(Array("no model".utf8), to: "given.onnx")
        let text = try fovea.folder.write(
            Array(
                #"""
                {"id": "cats", "version": "1", "task": "classification", "licence": "MIT",
                 "file": {"name": "cats.onnx"}, "decoder": {"kind": "classes", "activation": "none"}, "labels": ["cat", "dog"],
                 "input": {"width": 8, "height": 8, "layout": "nchw", "colour": "rgb",
                           "resize": {"kind": "squash", "filter": "linear"}}}
                """#.utf8), to: "cats.json")
        #expect(
            try fovea.run(["model", "add", file, "--description", text], environment: alone).status == 0)
        let broken = try fovea.run("label", "--model", "cats")
        #expect(broken.status == 2 && broken.errors.contains("model"), "\(broken.errors)")
        let jobs = try fovea.run("jobs", "list", "--json").lines()
        #expect(jobs.map { $0["state"] } == ["failed", "failed"] && jobs[0]["error"] != nil)
        #expect(try fovea.run("runs").errors == "there was no run yet\n")
    }

    private static let hasYOLOX =
        !Surroundings.openVINO.isEmpty
        && Surroundings.offers("models/yolox_nano.onnx") && Surroundings.offers("data/coco128")
        && PythonOracle.isAvailable

    @Test(.enabled(if: hasYOLOX))
    func `boxes of YOLOX-nano in the store are those of OpenVINO's Python API and a decoder in NumPy`() throws
    {
        let fovea = try Fovea()
        let models = Surroundings.testFolder.appendingPathComponent("models")
        let images = Surroundings.testFolder.appendingPathComponent("data/coco128/images/train2017").path
        #expect(try fovea.run("add", images).status == 0)
        let labelled = try fovea.run(
            ["label", "--model", "yolox-nano"], environment: ["FOVEA_MODEL_PATH": models.path])
        #expect(labelled.status == 0, "\(labelled.errors)")

        struct Found {
            var name: String
            var confidence: Double
            var edges: [Double]
        }
        var paths: [String: String] = [:]
        for image in try fovea.run("find", "--json").lines() {
            paths[try #require(image["_uniqueid"]?.stringValue)] = image["path"]?.stringValue
        }
        var found: [String: [Found]] = [:]
        for label in try fovea.run("labels", "--kind", "box", "--json").lines() {
            func number(_ name: String) -> Double { label[name]?.floatValue ?? .nan }
            #expect(label["source"] == "model:yolox-nano@0.1.1rc0", "\(label)")
            let path = try #require(label["image"]?.stringValue.flatMap { paths[$0] })
            found[path, default: []].append(
                Found(
                    name: label["class"]?.stringValue ?? "", confidence: number("confidence"),
                    edges: [
                        number("x"), number("y"), number("x") + number("width"),
                        number("y") + number("height"),
                    ]))
        }
        let names = try JSON.parse(
            [UInt8](
                try Data(
                    contentsOf: Surroundings.repository.appendingPathComponent(
                        "Sources/CModelFiles/files/yolox-nano.json")))
        ).objectValue?["labels"]?.arrayValue?.compactMap(\.stringValue)
        let files = paths.values.sorted()
        let lines = try PythonOracle.lines(
            of: "detection_oracle.py",
            [Surroundings.openVINO, "yolox", models.appendingPathComponent("yolox_nano.onnx").path] + files)
        try #require(lines.count == files.count && files.count == 128)
        var boxes = 0
        for (file, line) in zip(files, lines) {
            var own = found[file] ?? []
            for row in try #require(JSON.parse(line).arrayValue) {
                let numbers = (row.arrayValue ?? []).compactMap(\.floatValue)
                let name = names?[Int(numbers[0])]
                let match = own.firstIndex { box in
                    box.name == name && abs(box.confidence - numbers[1]) <= 0.01
                        && zip(box.edges, numbers[2...]).allSatisfy { abs($0 - $1) <= 2 }
                }
                guard let match else {
                    Issue.record("\(file): no \(numbers)")
                    continue
                }
                own.remove(at: match)
                boxes += 1
            }
            #expect(own.isEmpty, "\(file)")
        }
        #expect(boxes > 400)
    }
}
