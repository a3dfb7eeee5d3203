import Base
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThreads) struct LabelCommandTests {
    @Test func `labels, runs and revert show an import and take it back`() throws {
        let fovea = try Fovea()
        for (index, name) in ["cat", "cat", "dog"].enumerated() {
            try fovea.folder.write(
                Picture.ppm(width: 10 + index, height: 8, seed: index), to: "in/\(name)/\(index).ppm")
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        #expect(try fovea.run("runs").errors == "there was no run yet\n")
        #expect(try fovea.run("add", folder, "--label-from", "folder").status == 0)

        let lines = try fovea.run("labels", "--json").lines()
        #expect(lines.compactMap { $0["class"]?.stringValue }.sorted() == ["cat", "cat", "dog"])
        #expect(lines.allSatisfy { $0["kind"] == "class" && $0["run"] == 1 && $0["time"] != nil })
        #expect(try fovea.run("labels", "--label", "dog", "--json").lines().count == 1)
        #expect(try fovea.run("labels", #"{"width": {"$lt": 12}}"#, "--json").lines().count == 2)
        let table = try fovea.run("labels", "--label", "dog")
        #expect(table.text.split(separator: "\n").count == 2 && table.text.hasPrefix("image"))

        let runs = try fovea.run("runs", "--json").lines()
        #expect(runs.count == 1 && runs[0]["kind"] == "import" && runs[0]["reverted"] == nil)
        #expect(runs[0]["finished"] != nil)
        let reverted = try fovea.run("revert", "1")
        #expect(reverted.status == 0 && reverted.errors == "run 1: 3 labels taken back, 0 restored\n")
        #expect(try fovea.run("labels").errors == "there is no such label\n")
        #expect(try fovea.run("runs").text.contains("reverted"))
        #expect(try fovea.run("find", #"{"label": "cat"}"#, "--json").output.isEmpty)
        #expect(try fovea.run("verify").status == 0)

        let wrong = try fovea.run("revert", "7")
        #expect(wrong.status == 2 && wrong.errors.contains("there is no run 7"))
        #expect(try fovea.run("labels", "--kind", "colour").status == 64)
        #expect(try fovea.run("revert", "0").status == 64)
    }
}
