import Base
import Foundation
import TestSupport
import Testing

/// `fovea video cascade` and what is made of what it finds, with the real program.
@Suite(.onOwnThreads) struct VideoCascadeTests {
    private static let hasDetector =
        !Surroundings.openVINO.isEmpty && Surroundings.offers("models/yolox_nano.onnx")
        && Surroundings.offers("data/one-by-one-person-detection.mp4")

    private func objects(_ outcome: Fovea.Outcome) throws -> [Document] {
        try outcome.text.split(separator: "\n").map { try #require(try JSON.parse(String($0)).objectValue) }
    }

    private let people = """
        # people who come one by one
        hold: 1
        stages:
        - model: motion
        - model: yolox-nano
          classes: [person]
        """

    @Test(.enabled(if: hasDetector, "needs a detector and test data"))
    func `people are found with the promised recall and less than 60 of 100 of the detector's calls`() throws
    {
        let fovea = try Fovea()
        let models = ["FOVEA_MODEL_PATH": Surroundings.testFolder.appendingPathComponent("models").path]
        let clip = Surroundings.testFolder.appendingPathComponent("data/one-by-one-person-detection.mp4").path
        #expect(try fovea.run("add", clip).status == 0)
        let id = try #require(
            try objects(fovea.run("find", "--class", "Video", "--json")).first?["_uniqueid"]?.stringValue)
        let file = try fovea.folder.write(Array(people.utf8), to: "people.yaml")
        let every = try fovea.folder.write(
            Array("stages: [{model: yolox-nano, classes: [person]}]".utf8), to: "every.yaml")

        // Killed in the middle, it goes on and asks nothing twice.
        let job = fovea.start(["video", "cascade", file, "--recall", "0.95", "--json"], environment: models)
        while job.process.isRunning, job.outputSoFar.count(where: { $0 == "\n" }) < 1 {
            Thread.sleep(forTimeInterval: 0.01)
        }
        Thread.sleep(forTimeInterval: 2)
        kill(job.process.processIdentifier, SIGKILL)
        _ = try job.finish()
        let resumed = try fovea.run(["jobs", "resume", "1", "--json"], environment: models)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let verdict = try #require(try objects(resumed).first { $0["verdict"] != nil })
        let report = try #require(verdict["report"]?.objectValue)
        let audit = try #require(report["audit"]?.objectValue)
        #expect(audit["met"] == true && verdict["verdict"] == "labelled")
        let calls = try #require(report["calls"]?.integerValue)
        #expect(calls * 100 <= 1_394 * 60, "\(report.json)")
        #expect(!FileManager.default.fileExists(atPath: fovea.store + "/jobs/1"))

        // Against the detector on each frame.
        #expect(try fovea.run(["video", "cascade", every], environment: models).status == 0)
        func frames(of name: String) throws -> Set<String> {
            let runs = try objects(fovea.run("runs", "--json")).compactMap { $0["source"]?.stringValue }
            let source = try #require(runs.first { $0.hasPrefix("cascade:\(name)@") })
            let labels = try objects(fovea.run("labels", "--class", "Frame", "--source", source, "--json"))
            return Set(labels.compactMap { $0["image"]?.stringValue })
        }
        let (found, truth) = (try frames(of: "people"), try frames(of: "every"))
        #expect(truth.count > 900 && Double(found.intersection(truth).count) >= 0.95 * Double(truth.count))
        #expect(Double(found.intersection(truth).count) >= 0.95 * Double(found.count))

        let intervals = try objects(fovea.run("video", "intervals", id, "--tag", "person", "--json"))
        #expect((4...8).contains(intervals.count) && intervals.allSatisfy { $0["tag"] == "person" })
        // Six people come, and are followed.
        let tracks = try objects(fovea.run("video", "tracks", id, "--tracker", "bytetrack", "--json"))
        #expect((5...20).contains(tracks.count), "\(tracks.count)")
        let expanded = try objects(fovea.run("video", "tracks", id, "--expand", "--json"))
        #expect(expanded.count == tracks.count)
        for (track, told) in zip(tracks, expanded) {
            let (first, last) = (
                track["start_frame"]?.integerValue ?? 0, track["end_frame"]?.integerValue ?? 0
            )
            #expect(Int64(told["temporal"]?.arrayValue?.count ?? 0) == last - first + 1)
        }
        #expect(try fovea.run("verify").status == 0)
    }

    @Test func `what is wrong with a file is told with its line`() throws {
        let fovea = try Fovea()
        for (text, what) in [
            ("stages:\n- model: motion\n  threshold: yes\n", "line 3"),
            ("stages:\n\t- model: motion", "line 2"),
            ("{\"stages\": [", "no JSON"), ("stages: [{model: nothing}]", "nothing"),
            ("stages: [{model: motion, colour: 1}]", "stages[0].colour"), ("", "docs/cascades.md"),
        ] {
            let file = try fovea.folder.write(Array(text.utf8), to: "cascade.yaml")
            let outcome = try fovea.run("video", "cascade", file)
            #expect(outcome.status != 0 && outcome.errors.contains(what), "\(text): \(outcome.errors)")
        }
        #expect(try fovea.run("video", "cascade", "/nowhere.yaml").errors.contains("cannot be read"))
        #expect(try fovea.run("jobs", "list", "--json").text.isEmpty)
        let file = try fovea.folder.write(Array("stages: [{model: motion}]".utf8), to: "cascade.yaml")
        let nothing = try fovea.run("video", "cascade", file)
        #expect(nothing.status == 0 && nothing.errors.hasPrefix("0 videos labelled"), "\(nothing.errors)")
    }
}
