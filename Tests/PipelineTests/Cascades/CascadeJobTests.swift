import Annotations
import Base
import Catalog
import Engine
import Foundation
import Inference
import Query
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

/// Cascades over stored videos, with a small model that another program has made: it calls a picture blue.
@Suite(
    .onOwnThreads,
    .enabled(
        if: TestVideo.hasTools && !Surroundings.openVINO.isEmpty && PythonOracle.isAvailable,
        "needs ffmpeg, Python")
)
struct CascadeJobTests {
    private let folder: TemporaryFolder
    private let registry: ModelRegistry

    private static let cascade = """
        name: blue
        stages:
        - model: motion
        - model: colour
          threshold: 0.9
          classes: [blue]
        """

    init() throws {
        folder = try TemporaryFolder()
        registry = ModelRegistry(folder: folder.path.appending("models"))
        _ = try PythonOracle.run("tiny_models.py", [Surroundings.openVINO, folder.path.string])
        // Means of red, green and blue in 0...1, times 1, 2 and 3: of full blue the sigmoid is 0.953.
        let text = #"""
            {"id": "colour", "version": "1", "task": "classification", "licence": "MIT",
             "labels": ["red", "green", "blue"], "file": {"name": "classes.xml"}, "weights": {"name": "classes.bin"},
             "decoder": {"kind": "classes", "activation": "sigmoid", "confidence": 0.55},
             "input": {"width": 4, "height": 2, "layout": "nchw", "colour": "rgb", "scale": 0.00392156862745098,
                       "resize": {"kind": "squash", "filter": "linear"}}}
            """#
        let description = FilePath(try folder.write(Array(text.utf8), to: "colour.json"))
        try registry.add(folder.path.appending("classes.xml"), description: description, isTried: true)
    }

    /// 12 s at 10 frames a second: gray, with a square that jumps to and fro from second 4 to 8, in which the
    /// picture about it is blue from second 5 to 7.
    private func add(to store: Store, seed: Int = 0) throws -> EntityID {
        let video = try TestVideo(
            "scene\(seed).mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x606060:s=160x90:r=10:d=12", "-f", "lavfi", "-i",
                "color=c=0x0000FF:s=160x90:r=10:d=12", "-f", "lavfi", "-i",
                "color=c=0xFFFFFF:s=20x\(20 + 4 * seed):r=10:d=12", "-filter_complex",
                "[0][1]overlay=x=0:y=0:enable='between(t,4.95,6.95)'[a];[a][2]overlay=x='if(between(t,3.95,7.95),mod(t*60,140),-100)':y=30,format=yuv420p",
                "-c:v", "libx264", "-g", "20", "-qp", "10", "-threads", "1",
            ], in: folder)
        let prepared = try store.prepareVideo(
            .file(video.path), path: video.path.string, properties: [:], labels: [], reference: nil)
        var run = ImportRun(parameters: [:])
        _ = try store.commit([prepared], run: &run)
        return try #require(try store.labelTargets(LabelTargets([], class: "Video")).ids.last)
    }

    /// Two minutes at 10 frames a second: from second 20 to 40 and from 70 to 90 the picture is blue.
    /// Something moves when that begins and when it ends, and stands still between.
    private func addSurveillance(to store: Store) throws -> EntityID {
        let blue = "enable='between(t,19.95,39.95)+between(t,69.95,89.95)'"
        let moves = "between(t,18,24)+between(t,35,42)+between(t,68,75)+between(t,86,92)"
        let video = try TestVideo(
            "surveillance.mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x606060:s=160x90:r=10:d=120", "-f", "lavfi", "-i",
                "color=c=0x0000FF:s=160x90:r=10:d=120", "-f", "lavfi", "-i",
                "color=c=0xFFFFFF:s=20x20:r=10:d=120", "-filter_complex",
                "[0][1]overlay=x=0:y=0:\(blue)[a];[a][2]overlay=x='if(\(moves),mod(t*60,140),-100)':y=30,"
                    + "format=yuv420p",
                "-c:v", "libx264", "-g", "50", "-qp", "10", "-threads", "1",
            ], in: folder)
        let prepared = try store.prepareVideo(
            .file(video.path), path: video.path.string, properties: [:], labels: [], reference: nil)
        var run = ImportRun(parameters: [:])
        _ = try store.commit([prepared], run: &run)
        return try #require(try store.labelTargets(LabelTargets([], class: "Video")).ids.last)
    }

    private func withQueue(_ body: (Store, JobQueue) async throws -> Void) async throws {
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let queue = JobQueue(store: store, models: registry, worksOnAll: false)
        do {
            try await body(store, queue)
        } catch {
            await queue.stop()
            try await store.close()
            throw error
        }
        await queue.stop()
        try await store.close()
    }

    private func request(_ members: Document = [:]) throws -> CascadeJobRequest {
        var document: Document = ["cascade": .string(CascadeJobTests.cascade)]
        for (name, value) in members.members { document[name] = value }
        return try CascadeJobRequest(document: document)
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[Document]>([])

        func take(_ bytes: [UInt8]) throws {
            for line in bytes.split(separator: 0x0A) {
                let object = try JSON.parse(Array(line)).objectValue ?? [:]
                lines.withLock { $0.append(object) }
            }
        }

        var verdicts: [Document] { lines.withLock { $0.filter { $0["video"] != nil } } }
        var job: Document { lines.withLock { $0.last?["job"]?.objectValue ?? [:] } }
        var hasBegun: Bool { lines.withLock { $0.contains { $0["progress"] != nil } } }
    }

    @Test func `frames that pass all stages are labelled, and the video has intervals and a report`()
        async throws
    {
        try await withQueue { store, queue in
            let id = try add(to: store)
            let asked = try request()
            let lines = Lines()
            try await queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
            #expect(lines.job["state"] == "done" && lines.job["kind"] == "cascade", "\(lines.job.json)")
            let verdict = try #require(lines.verdicts.first)
            #expect(lines.verdicts.count == 1 && verdict["verdict"] == "labelled", "\(verdict.json)")
            // 20 frames are blue, and all of them move.
            #expect(verdict["labels"] == 20)
            let report = try #require(verdict["report"]?.objectValue)
            #expect(report["frames"] == 120 && report["kept"] == 20)
            let stages = report["stages"]?.arrayValue?.compactMap(\.objectValue) ?? []
            #expect(stages.map { $0["name"] } == ["motion", "colour"] && stages[0]["frames_in"] == 120)
            #expect(stages[0]["frames_out"] == stages[1]["frames_in"] && stages[1]["frames_out"] == 20)
            let calls = try #require(stages[1]["frames_in"]?.integerValue)
            // Four seconds move, and some samples before and behind are counted with them.
            #expect((40...60).contains(calls), "\(calls)")
            #expect(report["calls"] == .integer(calls) && report["audit"] == nil)

            let frames = try store.labelledFrames(of: id)
            #expect(frames.map(\.number) == Array(50..<70))
            let labels = frames.flatMap(\.labels)
            #expect(
                labels.allSatisfy { $0.name == "blue" && $0.kind == .class && ($0.confidence ?? 0) > 0.9 })
            #expect(labels.allSatisfy { $0.source.hasPrefix("cascade:blue@") && $0.run != nil })
            let intervals = try await store.intervals(of: id, class: "Video", tag: "blue")
            #expect(intervals.map { [$0["start_frame"], $0["end_frame"]] } == [[50, 69]])
            #expect(intervals[0]["start_time"] == 5.0 && intervals[0]["end_time"] == 7.0)
            let own = try store.labelsAndIndex(ofVideo: id, Cancellation()).labels
            #expect(own.contains { $0.name == "cascade:blue" && $0.kind == .class })

            // A second time nothing is left to do; again, what was said gives way.
            let second = Lines()
            try await queue.run(request(), priority: 0, by: "human:ann") { try second.take($0) }
            #expect(second.verdicts.isEmpty && second.job["state"] == "done" && second.job["run"] == nil)
            let third = Lines()
            try await queue.run(request(["again": true]), priority: 0, by: "human:ann") { try third.take($0) }
            #expect(third.verdicts.count == 1)
            #expect(try store.labelledFrames(of: id).flatMap(\.labels).count == 20)
            #expect(try await store.intervals(of: id, class: "Video", tag: "blue").count == 1)
            #expect(try await store.count(class: "Frame", filter: .all) == 20)
        }
    }

    @Test func `the promised recall is kept with a third of the detector's calls`() async throws {
        try await withQueue { store, queue in
            let id = try addSurveillance(to: store)
            let cascade = CascadeJobTests.cascade + "\nhold: 1\nseed: 3"
            let asked = try request(["cascade": .string(cascade), "recall": 0.95])
            let lines = Lines()
            try await queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
            let report = try #require(lines.verdicts.first?["report"]?.objectValue)
            let audit = try #require(report["audit"]?.objectValue)
            #expect(
                audit["met"] == true && (audit["recall_bound"]?.floatValue ?? 0) >= 0.95, "\(report.json)")
            let truth = Set(200..<400).union(700..<900)
            let kept = Set(try store.labelledFrames(of: id).map(\.number))
            #expect(Double(kept.intersection(truth).count) >= 0.95 * Double(truth.count))
            #expect(kept.isSubset(of: truth))
            // The detector on every frame would be asked 1,200 times.
            let calls = try #require(report["calls"]?.integerValue)
            #expect(calls <= 360, "\(report.json)")
            let intervals = try await store.intervals(of: id, class: "Video", tag: "blue")
            #expect(intervals.map { [$0["start_frame"], $0["end_frame"]] } == [[200, 399], [700, 899]])
        }
    }

    @Test func `intervals of a class are made as one asks, from all labels of frames`() async throws {
        try await withQueue { store, queue in
            let id = try add(to: store)
            try await queue.run(request(), priority: 0, by: "human:ann") { _ in }
            let finding = IntervalFinding(store)
            func told() async throws -> [Document] {
                try await store.intervals(of: id, class: "Video", tag: "blue")
            }
            #expect(try await finding.find("blue", in: id, class: "Video") == .known)
            let padded = IntervalRule(padding: 0.5)
            #expect(try await finding.find("blue", in: id, class: "Video", rule: padded) == .labelled(1))
            #expect(try await told().map { [$0["start_frame"], $0["end_frame"]] } == [[45, 74]])
            let strict = IntervalRule(high: 0.99)
            #expect(try await finding.find("blue", in: id, class: "Video", rule: strict) == .labelled(0))
            #expect(try await told().isEmpty)
            let long = IntervalRule(shortest: 2.5)
            #expect(try await finding.find("blue", in: id, class: "Video", rule: long) == .labelled(0))
            #expect(try await finding.find("blue", in: id, class: "Video", again: true) == .labelled(1))
            #expect(try await told().count == 1)
            // Of a class of which nothing is said nothing is noted either.
            #expect(try await finding.find("dog", in: id, class: "Video") == .labelled(0))
            #expect(try await store.examinations(of: id).allSatisfy { !$0.source.contains("dog") })
        }
    }

    @Test func `a job that its process lets go of asks no model twice, and does the rest`() async throws {
        try await withQueue { store, queue in
            for seed in 0..<3 { _ = try add(to: store, seed: seed) }
            let asked = try request(["cores": 2, "memory": 1])
            let lines = Lines()
            async let followed: Void = queue.run(asked, priority: 0, by: "human:ann") { try lines.take($0) }
            while lines.verdicts.isEmpty { await Task.yield() }
            await queue.stop()
            try await followed
            let done = lines.verdicts.count
            // Whether a video was still under way then is a matter of time.
            let next = JobQueue(store: store, models: registry, worksOnAll: true)
            next.start()
            while try !store.jobs(onlyOpen: true, limit: 9).isEmpty { await Task.yield() }
            await next.stop()
            let job = try store.job(1)
            #expect(
                done >= 1 && job.state == .done && job.counts["labelled"] == 3, "\(done): \(job.counts.json)")
            #expect(job.counts["kept"] == 60 && job.counts["frames"] == 360)
            #expect(try await store.labelRuns().filter { $0["kind"] == "model" }.count == 1)
            #expect(try await store.count(class: "Frame", filter: .all) == 60)
        }
    }

    @Test func `answers of models are kept until the job ends, and torn lines are passed over`() throws {
        let path = folder.path.appending("a.journal")
        let findings = [
            CascadeFinding("blue", confidence: 0.25),
            CascadeFinding("red", confidence: 1, box: .init(x: 1, y: 2.5, width: 3, height: 4)),
        ]
        do {
            let journal = CascadeJournal(path, header: "one")
            journal.note(findings, of: "colour", in: 7)
            journal.note([], of: "colour", in: 8)
            #expect(journal.findings(of: "colour", in: 7) == nil, "what is written is for later")
        }
        func append(_ text: String) throws {
            let descriptor = try FileDescriptor.open(path, .writeOnly, options: .append)
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        }
        try append(#"{"m":"colour","f":9,"l":["#)
        do {
            let journal = CascadeJournal(path, header: "one")
            #expect(journal.findings(of: "colour", in: 7) == findings)
            #expect(
                journal.findings(of: "colour", in: 8) == [] && journal.findings(of: "colour", in: 9) == nil)
            journal.note([], of: "colour", in: 10)
        }
        #expect(CascadeJournal(path, header: "one").findings(of: "colour", in: 10) == [])
        #expect(CascadeJournal(path, header: "two").findings(of: "colour", in: 7) == nil)
        #expect(CascadeJournal(path, header: "two").findings(of: "colour", in: 10) == nil)
    }

    @Test func `what cannot be done is refused with what is wrong`() async throws {
        try await withQueue { store, queue in
            _ = try add(to: store)
            for (text, code, path) in [
                ("stages: [{model: nothing}]", EngineError.Code.notFound, "model"),
                ("stages: [{model: minilm-l6-v2}]", .invalidRequest, "cascade"),
                ("stages: [{model: colour, version: '2'}]", .notFound, "cascade"),
            ] {
                let asked = try request(["cascade": .string(text)])
                let error = await #expect(throws: EngineError.self) {
                    try await queue.add(asked, priority: 0, by: "human:ann")
                }
                #expect(error?.code == code && error?.path == path, "\(text): \(String(describing: error))")
            }
            for members: Document in [
                ["cascade": 1], ["recall": 1], ["cores": -1], ["memory": "1"], ["limit": 0.5], ["colour": 1],
                ["again": true, "retry_failed": true], ["filter": ["$no": 1]],
                ["cascade": ["name": "a b", "stages": [["model": "motion"]]]],
            ] {
                #expect(throws: EngineError.self, "\(members.json)") { _ = try request(members) }
            }
            let told = try request(["recall": 0.9, "cores": 3, "memory": 1_000, "limit": 2])
            #expect(told.cascade.targetRecall == 0.9)
            #expect(try CascadeJobRequest(document: told.document).document == told.document)
        }
    }
}
