import Base
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThreads) struct CommandLineTests {
    /// A store with ten pictures in two classes and two splits.
    private func pictures() throws -> Fovea {
        let fovea = try Fovea()
        for index in 0..<10 {
            let name = "data/\(index < 7 ? "train" : "val")/\(index % 2 == 0 ? "cat" : "dog")/\(index).ppm"
            try fovea.folder.write(Picture.ppm(width: 20 + index, height: 30 - index, seed: index), to: name)
        }
        let added = try fovea.run(
            "add", fovea.folder.url.appendingPathComponent("data").path, "--label-from", "folder",
            "--property", "site=3", "--json")
        #expect(added.status == 0, "\(added.errors)")
        let verdicts = try added.lines()
        #expect(verdicts.count == 10)
        #expect(verdicts.allSatisfy { $0["verdict"] == "added" })
        return fovea
    }

    @Test func `a date that is given as a property is one, with its zone`() throws {
        let fovea = try Fovea()
        try fovea.folder.write(Picture.ppm(width: 9, height: 9), to: "in/a.ppm")
        let folder = fovea.folder.url.appendingPathComponent("in").path
        #expect(
            try fovea.run("add", folder, "--property", "taken=2024-05-06T07:08:09+02:00", "--property", "n=7")
                .status == 0)
        let second = #"{"$gte": {"$date": "2024-05-06T05:08:09Z"}, "$lt": {"$date": "2024-05-06T05:08:10Z"}}"#
        let within = #"{"taken": \#(second)}"#
        #expect(try fovea.run("count", within).text == "1\n")
        let shown = try fovea.run("find", "--json").lines()
        #expect(shown.first?["taken"] == "2024-05-06T07:08:09+02:00" && shown.first?["n"] == 7)
    }

    @Test func `what was added is found by what is known of it`() throws {
        let fovea = try pictures()
        #expect(try fovea.run("count").text == "10\n")
        let cats = try fovea.run(
            "find", #"{"label": "cat", "width": {"$gte": 22, "$lt": 28}}"#, "--json", "--sort", "width:asc"
        ).lines()
        #expect(cats.map { $0["width"] } == [22, 24, 26])
        #expect(
            cats.allSatisfy {
                $0["format"] == "pnm" && $0["channels"] == 3 && $0["site"] == 3 && $0["_uniqueid"] != nil
            })
        #expect(cats[0]["path"]?.stringValue?.hasSuffix("data/train/cat/2.ppm") == true)
        let paged = try fovea.run("find", "--json", "--sort", "height:asc", "--skip", "2", "--limit", "3")
            .lines()
        #expect(paged.map { $0["height"] } == [23, 24, 25])
        #expect(try fovea.run("find", #"{"split": {"$ne": "train"}}"#, "--json").lines().count == 3)
    }

    @Test func `adding the same tree again changes nothing`() throws {
        let fovea = try pictures()
        let before = try fovea.run("find", "--json").text
        let again = try fovea.run(
            "add", fovea.folder.url.appendingPathComponent("data").path, "--label-from", "folder",
            "--property", "site=3", "--json")
        #expect(try again.lines().allSatisfy { $0["verdict"] == "duplicate" })
        #expect(try fovea.run("find", "--json").text == before)
    }

    @Test func `facets and histograms count exactly`() throws {
        let fovea = try pictures()
        let facets = try fovea.run("facets", "--property", "label", "--property", "split", "--json").lines()
        #expect(facets.count == 2)
        #expect(facets[0]["values"] == [["value": "cat", "count": 5], ["value": "dog", "count": 5]])
        #expect(facets[1]["values"] == [["value": "train", "count": 7], ["value": "val", "count": 3]])
        let histogram = try fovea.run("histogram", "--property", "width", "--edges", "20,23,26,29", "--json")
            .lines()
        #expect(histogram.first?["counts"] == [3, 3, 4])  // 29 is in the last bin, which is closed.
    }

    @Test func `pixels come processed`() throws {
        let fovea = try pictures()
        let id = try #require(
            try fovea.run("find", #"{"width": 20}"#, "--json").lines().first?["_uniqueid"]?.stringValue)
        let file = fovea.folder.url.appendingPathComponent("out.u8").path
        let got = try fovea.run("get", id, "--op", "crop=2,3,4,5", "--op", "tensor=u8", "-o", file, "--json")
        #expect(got.status == 0, "\(got.errors)")
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var expected: [UInt8] = []
        for y in 3..<8 { for x in 2..<6 { expected += [UInt8(x * 3), UInt8(y * 5), UInt8(x + y)] } }
        #expect(bytes == expected)
        let original = fovea.folder.url.appendingPathComponent("out.ppm").path
        #expect(try fovea.run("get", id, "-o", original).status == 0)
        #expect(
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: original)))
                == Picture.ppm(width: 20, height: 30, seed: 0))
    }

    @Test func `a bad file is told and does not end the batch`() throws {
        let fovea = try Fovea()
        try fovea.folder.write(Array("hello, I am text".utf8), to: "in/text.jpg")
        try fovea.folder.write(Array("notes".utf8), to: "in/notes.txt")
        try fovea.folder.write(Picture.ppm(width: 4, height: 4, seed: 1), to: "in/z.ppm")
        let added = try fovea.run("add", fovea.folder.url.appendingPathComponent("in").path, "--json")
        let verdicts = try added.lines()
        #expect(verdicts.map { $0["verdict"] } == ["skipped", "failed", "added"])
        #expect(verdicts[1]["reason"]?.stringValue?.isEmpty == false)
        #expect(added.status == 1)
        #expect(try fovea.run("count").text == "1\n")
    }

    @Test func `a wrong filter says where and exits with 64`() throws {
        let fovea = try Fovea()
        let outcome = try fovea.run("find", #"{"$and": [{"width": 3}, {"width": {"$gtt": 3}}]}"#)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("$and[1].width.$gtt"))
        #expect(outcome.errors.contains("$gt"))
    }

    @Test func `a query whose blobs have no folder to go to is not run`() throws {
        let fovea = try Fovea()
        let file = fovea.folder.url.appendingPathComponent("cat.jpg").path
        try Data("not a folder".utf8).write(to: URL(fileURLWithPath: file))
        let add = #"[{"AddEntity": {"class": "P"}}]"#
        for output in [file, fovea.folder.url.appendingPathComponent("no/such").path] {
            let refused = try fovea.run("query", add, "-o", output)
            #expect(refused.status == 64)
            #expect(refused.errors.contains("-o '\(output)'"), "\(refused.errors)")
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "not a folder")
        let count = try fovea.run("query", #"[{"FindEntity": {"results": {"count": true}}}]"#, "--json")
        #expect(count.text.contains(#""count":0"#), "\(count.text)")
    }

    @Test("why a query failed stands on standard error, too", arguments: ["aperture", "vdms"])
    func failedQuery(dialect: String) throws {
        let fovea = try Fovea()
        let failed = try fovea.run("query", #"[{"FindEntity": {"limt": 1}}]"#, "--dialect", dialect)
        #expect(failed.status == 2)
        #expect(failed.text.contains("limt") && failed.errors.contains("limt"), "\(failed.errors)")
        #expect(failed.errors.hasPrefix("fovea: "))
    }

    @Test func `a missing store is named with what to do`() throws {
        let fovea = try Fovea()
        let outcome = try fovea.run("count", "--store", "/nonexistent/store")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("/nonexistent/store"))
        #expect(outcome.errors.contains("fovea init"))
    }

    @Test func `verify is clean, finds a flipped byte, and the byte is never served`() throws {
        let fovea = try pictures()
        #expect(try fovea.run("verify").status == 0)
        let packs = try FileManager.default.subpathsOfDirectory(atPath: fovea.store).filter {
            $0.hasSuffix(".pack")
        }
        let pack = URL(fileURLWithPath: fovea.store).appendingPathComponent(try #require(packs.first))
        var bytes = try Data(contentsOf: pack)
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: pack)
        let found = try fovea.run("verify", "--json")
        #expect(found.status == 1)
        #expect(try found.lines().count == 2)  // One finding, and the summary.
        var refused = 0
        for entity in try fovea.run("find", "--json").lines() {
            let id = try #require(entity["_uniqueid"]?.stringValue)
            if try fovea.run("get", id, "-o", "/dev/null").status != 0 { refused += 1 }
        }
        #expect(refused == 1)
    }

    @Test func `a backup restores to the same store`() throws {
        let fovea = try pictures()
        let backup = fovea.folder.url.appendingPathComponent("backup").path
        #expect(try fovea.run("backup", backup).status == 0)
        let restored = fovea.folder.url.appendingPathComponent("restored").path
        let outcome = try fovea.run("restore", backup, "--store", restored)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try fovea.run("verify", "--store", restored).status == 0)
        #expect(try fovea.run("find", "--json", "--store", restored).text == fovea.run("find", "--json").text)
    }

    @Test func `a backup has the models that were added, and a restoration gives them back`() throws {
        let fovea = try Fovea()
        let model = URL(fileURLWithPath: fovea.store).appendingPathComponent("models/mine")
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        // More than one piece of the copy.
        let bytes = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try bytes.write(to: model.appendingPathComponent("mine.onnx"))
        try Data("{}".utf8).write(to: model.appendingPathComponent("model.json"))
        try FileManager.default.createSymbolicLink(
            at: model.appendingPathComponent("link"), withDestinationURL: URL(fileURLWithPath: "/etc/passwd"))
        let (backup, restored) = (fovea.folder.url.path + "/backup", fovea.folder.url.path + "/restored")
        #expect(try fovea.run("backup", backup).status == 0)
        #expect(try fovea.run("restore", backup, "--store", restored).status == 0)
        for store in [backup, restored] {
            let copy = URL(fileURLWithPath: store).appendingPathComponent("models/mine")
            #expect(try Data(contentsOf: copy.appendingPathComponent("mine.onnx")) == bytes)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: copy.path).sorted() == [
                    "mine.onnx", "model.json",
                ])
        }
    }

    @Test func `a truncated picture is kept with its error`() throws {
        let fovea = try Fovea()
        let whole = Picture.ppm(width: 40, height: 40, seed: 1)
        try fovea.folder.write(Array(whole.prefix(whole.count / 2)), to: "in/half.ppm")
        _ = try fovea.run("add", fovea.folder.url.appendingPathComponent("in").path)
        let entity = try #require(
            try fovea.run("find", #"{"error": {"$exists": true}}"#, "--json").lines().first)
        #expect(entity["width"] == 40)
    }
}
