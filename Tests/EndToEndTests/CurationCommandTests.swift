import Base
import Foundation
import TestSupport
import Testing

@Suite(.onOwnThreads) struct CurationCommandTests {
    /// A store with pictures of cats and dogs, one of which has a box beyond its edge.
    private func filled() throws -> Fovea {
        let fovea = try Fovea()
        for (index, name) in ["cat", "cat", "dog"].enumerated() {
            try fovea.folder.write(
                Picture.ppm(width: 100 + index, height: 80, seed: index), to: "in/\(name)/\(index).ppm")
        }
        let folder = fovea.folder.url.appendingPathComponent("in").path
        #expect(try fovea.run("add", folder, "--label-from", "folder").status == 0)
        let query = """
            [{"FindImage": {"_ref": 1, "constraints": {"width": ["==", 100]}, "blobs": false}},
             {"AddBoundingBox": {"image_ref": 1, "label": "cat",
              "rectangle": {"x": 90, "y": 10, "width": 30, "height": 20}}}]
            """
        #expect(try fovea.run("query", query).status == 0)
        return fovea
    }

    @Test func `check-labels finds a box beyond the image, mends it, and revert takes that back`() throws {
        let fovea = try filled()
        let rules = ["--rule", "outside-image", "--rule", "unlabelled"]
        let found = try fovea.run(["check-labels", "--json"] + rules)
        let lines = try found.lines()
        #expect(found.status == 1 && lines.map { $0["rule"] } == ["outside-image"])
        #expect(lines[0]["message"] == "reaches 20 pixels beyond the image")
        let mended = try fovea.run(["check-labels", "--fix"] + rules)
        #expect(mended.status == 0 && mended.errors.contains("outside-image: 1 found, 1 mended (run 2"))
        let clean = try fovea.run(["check-labels"] + rules)
        #expect(clean.status == 0 && clean.errors == "no label breaks a rule\n")
        let box = try fovea.run("labels", "--kind", "box", "--json").lines()
        #expect(box.count == 1 && box[0]["width"] == 10.0 && box[0]["run"] == 2)
        #expect(box[0]["source"]?.stringValue?.hasPrefix("rule:") == false)
        #expect(try fovea.run("revert", "2").status == 0)
        #expect(try fovea.run(["check-labels"] + rules).status == 1)
        #expect(try fovea.run("check-labels", "--rule", "nonsense").status == 64)
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `quality-score lists the worst first and writes a property`() throws {
        let fovea = try filled()
        let arguments = ["--given", "import:*", "--predicted", "import:*", "--method", "self-confidence"]
        let told = try fovea.run(["quality-score", "--json"] + arguments).lines()
        #expect(told.count == 3 && told.allSatisfy { $0["score"] == 1.0 })
        let table = try fovea.run(["quality-score"] + arguments)
        #expect(table.text.hasPrefix("image") && table.errors.hasPrefix("3 scored, 0 not"))
        let written = try fovea.run(["quality-score", "--write"] + arguments)
        #expect(written.status == 0 && written.errors.hasPrefix("wrote label_quality of 3 images"))
        #expect(try fovea.run("find", #"{"label_quality": 1.0}"#, "--json").lines().count == 3)
        #expect(try fovea.run("quality-score", "--given", "a").status == 64)
        #expect(
            try fovea.run(["quality-score", "--method", "luck", "--given", "a", "--predicted", "b"]).status
                == 64)
    }

    @Test func `review asks, takes answers of two people, and tells how far it is`() throws {
        let fovea = try filled()
        let asked = try fovea.run("review", "next", "--kind", "class", "--json").lines()
        #expect(asked.count == 3 && asked.allSatisfy { $0["state"] == "unreviewed" })
        let numbers = asked.compactMap { $0["label"]?.integerValue }
        #expect(try fovea.run("review", "people", "2").errors == "2 people must agree\n")
        let first = try fovea.run("review", "reject", "\(numbers[0])", "--user", "ann")
        #expect(first.status == 0 && first.errors == "label \(numbers[0]): in review\n")
        let second = try fovea.run("review", "reject", "\(numbers[0])", "--user", "bob", "--json").lines()
        #expect(second.first?["state"] == "rejected")
        let corrected = try fovea.run(
            "review", "correct", "\(numbers[1])", "--class", "lynx", "--user", "ann")
        #expect(corrected.errors.contains("corrected; label "))
        #expect(try fovea.run("review", "accept", "\(numbers[2])", "--user", "ann").status == 0)
        let labels = try fovea.run("labels", "--kind", "class", "--json").lines()
        #expect(labels.compactMap { $0["class"]?.stringValue }.sorted() == ["dog", "lynx"])
        #expect(labels.contains { $0["source"] == "human:ann" && $0["parent"] == .integer(numbers[1]) })
        let told = try fovea.run("review", "stats", "--json").lines().first ?? [:]
        #expect(told["states"]?.objectValue?["rejected"] == 1 && told["people"] == 2)
        let stats = try fovea.run("review", "stats")
        #expect(stats.text.contains("ann") && stats.text.contains("in review: 1"))
        #expect(try fovea.run("review", "accept", "\(numbers[0])").status == 2)
        #expect(try fovea.run("review", "correct", "\(numbers[2])").status == 64)
        #expect(try fovea.run("review", "honeypot", "\(numbers[0])", "wrong").status == 0)
        #expect(try fovea.run("verify").status == 0)
    }
}
