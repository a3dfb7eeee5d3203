import Annotations
import Base
import Query
import TestSupport
import Testing

@testable import Catalog
@testable import Engine

/// Questions about intervals, against their definitions over random intervals.
@Suite(.onOwnThreads) struct IntervalSearchTests {
    /// A store with videos of ten frames a second, and intervals that often begin or end together.
    private final class Footage {
        let temporary: TemporaryStore
        var ids: [EntityID] = []
        var oracle = IntervalOracle(frameCounts: [:], labelled: [])
        var random: SeededGenerator

        init(videos: Int, intervals: Int, seed: UInt64) async throws {
            temporary = try await TemporaryStore()
            random = SeededGenerator(seed: seed)
            for video in 0..<videos {
                let frames = Int.random(in: 60...120, using: &random)
                oracle.frameCounts[video] = frames
                ids.append(
                    try temporary.store.catalog.write {
                        try $0.insert(
                            "Video",
                            ["duration": .float(Double(frames) / 10), "frame_count": .integer(Int64(frames))])
                    })
            }
            try add(intervals)
        }

        func add(_ count: Int, run: RunID? = nil) throws {
            for _ in 0..<count {
                let video = random.pick(oracle.frameCounts.keys.sorted())
                let frames = oracle.frameCounts[video] ?? 1
                let start = Int.random(in: 0..<frames, using: &random)
                let stop = min(frames, start + Int.random(in: 1...25, using: &random))
                var interval = IntervalOracle.Interval(
                    video: video, start: start, stop: stop, name: random.pick(QuestionGenerator.names),
                    score: random.chance(0.7) ? Double(Int.random(in: 0...10, using: &random)) / 10 : nil,
                    source: random.pick(["model:a@1", "human:ann"]))
                var label = VideoInterval(
                    interval.name ?? "", start..<stop, start: Double(start) / 10, stop: Double(stop) / 10,
                    score: interval.score
                ).label(by: interval.source ?? "")
                label.run = run
                let id = ids[video]
                interval.label = try temporary.store.catalog.write { [label] in
                    try $0.addLabel(label, to: id)
                }
                oracle.labelled.append(interval)
            }
        }

        func found(_ question: IntervalQuestion) async throws -> [IntervalOracle.Interval] {
            let answer = try await temporary.store.findIntervals(IntervalRequest(question))
            #expect(answer.count == answer.intervals.count)
            return try answer.intervals.map { told in
                let id = try #require(told["video"]?.stringValue)
                let start = try #require(told["start_frame"]?.integerValue, "\(told.json)")
                let end = try #require(told["end_frame"]?.integerValue, "\(told.json)")
                #expect(told["start_time"]?.floatValue == Double(start) / 10)
                #expect(told["end_time"]?.floatValue == Double(end + 1) / 10)
                return IntervalOracle.Interval(
                    video: try #require(ids.firstIndex { $0.description == id }), start: Int(start),
                    stop: Int(end) + 1, name: told["tag"]?.stringValue, score: told["score"]?.floatValue,
                    source: told["source"]?.stringValue, label: told["label"]?.integerValue)
            }
        }

        func compare(_ question: IntervalQuestion) async throws {
            let found = try await found(question)
            let expected = oracle.find(question)
            #expect(found == found.sorted())
            #expect(found == expected, "\(question)")
        }
    }

    @Test(arguments: 0..<6) func `random questions have the answers of the definitions`(
        _ seed: UInt64
    ) async throws {
        let footage = try await Footage(videos: 5, intervals: 60, seed: seed)
        var generator = QuestionGenerator(random: SeededGenerator(seed: 100 + seed))
        for _ in 0..<80 { try await footage.compare(generator.question()) }
    }

    @Test(arguments: IntervalRelation.allCases) func `each relation holds where its definition says so`(
        _ relation: IntervalRelation
    ) async throws {
        let footage = try await Footage(videos: 2, intervals: 120, seed: 7)
        var question = IntervalQuestion(.labelled(LabelledIntervals(["person"])))
        for isNegated in [false, true] {
            for within in relation.hasGap ? [nil, 0, 0.5, 3] : [nil] {
                question.conditions = [
                    IntervalCondition(
                        relation, IntervalQuestion(.labelled(LabelledIntervals(["car", "door"]))),
                        within: within, isNegated: isNegated)
                ]
                try await footage.compare(question)
                #expect(isNegated || within == 0 || !footage.oracle.find(question).isEmpty)
            }
        }
    }

    @Test func `answers follow what is added, taken back and deleted`() async throws {
        let footage = try await Footage(videos: 4, intervals: 30, seed: 3)
        let catalog = footage.temporary.store.catalog
        var generator = QuestionGenerator(random: SeededGenerator(seed: 9))
        let questions = (0..<12).map { _ in generator.question() }
        func compareAll() async throws { for question in questions { try await footage.compare(question) } }
        try await compareAll()
        try footage.add(3)
        try await compareAll()
        let gone = try #require(footage.oracle.labelled.first?.label)
        try catalog.write { try $0.removeLabel(gone, source: "human:ann") }
        footage.oracle.labelled.removeFirst()
        try await compareAll()
        let run = try catalog.write { try $0.beginRun("model", source: "model:a@1") }
        let before = footage.oracle.labelled
        try footage.add(10, run: run)
        try await compareAll()
        _ = try await footage.temporary.store.revert(run: run, by: "test")
        footage.oracle.labelled = before
        try await compareAll()
        let (first, last) = (footage.ids[0], footage.ids[3])
        try catalog.write { _ = try $0.delete(first, by: "test") }
        footage.oracle.frameCounts[0] = nil
        try await compareAll()
        _ = try await footage.temporary.store.purge(
            DeletionRequest(entityClass: "Video", target: .ids([last]), by: "test"))
        footage.oracle.frameCounts[3] = nil
        try await compareAll()
    }

    @Test func `videos and pages narrow an answer down`() async throws {
        let footage = try await Footage(videos: 4, intervals: 80, seed: 5)
        let store = footage.temporary.store
        var request = IntervalRequest(IntervalQuestion(.labelled(LabelledIntervals(["person"]))))
        let all = try await store.findIntervals(request)
        request.videos = [footage.ids[1], footage.ids[2]]
        let some = try await store.findIntervals(request)
        let named = Set(request.videos?.map(\.description) ?? [])
        #expect(some.intervals == all.intervals.filter { named.contains($0["video"]?.stringValue ?? "") })
        request.limit = 3
        request.offset = 2
        let page = try await store.findIntervals(request)
        #expect(page.intervals == Array(some.intervals[2..<5]) && page.count == some.count)
        #expect(page.duration == some.duration && page.duration > 0)
        request.filter = try Filter.parse(#"{"frame_count": {"$lt": 0}}"#)
        #expect(try await store.findIntervals(request).count == 0)
        request.limit = Store.intervalLimit + 1
        await #expect(throws: EngineError.self) { try await store.findIntervals(request) }
    }

    @Test func `commands ask in both dialects, of the videos they name`() async throws {
        for dialect in CommandDialect.allCases {
            let client = try await CommandClient(dialect)
            let catalog = client.temporary.store.catalog
            for (number, name) in ["north", "south"].enumerated() {
                try catalog.write { transaction in
                    let id = try transaction.insert("Video", ["camera": .string(name), "duration": 60.0])
                    for (tag, start) in [("door", 10.0), ("person", 12.0 + Double(number))] {
                        try transaction.addLabel(
                            VideoInterval(
                                tag, Int(start * 10)..<Int(start * 10) + 15, start: start, stop: start + 1.5
                            ).label(by: "human:ann"), to: id)
                    }
                }
            }
            let question = #"{"sequence": [{"tag": "door"}, {"tag": "person"}], "within": 1}"#
            let found = try await client.first("[{\"FindIntervals\": {\"intervals\": \(question)}}]")
            #expect(found["status"] == 0 && found["count"] == 1 && found["duration"] == 3.5)
            #expect(
                found["intervals"] == [
                    [
                        "video": "1.0.0", "start_frame": 100, "end_frame": 134, "start_time": 10.0,
                        "end_time": 13.5,
                    ]
                ], "\(found.json)")
            let south = try await client.first(
                "[{\"FindIntervals\": {\"constraints\": {\"camera\": [\"==\", \"south\"]}, \"intervals\": {\"tag\": \"person\"}}}]"
            )
            #expect(south["count"] == 1 && south["returned"] == 1)
            let blobs = dialect == .vdms ? #""results": {"blob": false}"# : #""blobs": false"#
            let chosen = try await client.first(
                "[{\"FindVideo\": {\"_ref\": 1, \"constraints\": {\"camera\": [\"==\", \"north\"]}, \(blobs)}}, {\"FindIntervals\": {\"video_ref\": 1, \"intervals\": {\"not\": {\"tag\": [\"door\", \"person\"]}}, \"limit\": 1}}]",
                at: 1)
            #expect(chosen["count"] == 3 && chosen["returned"] == 1)
            let wrong = try await client.failure(
                #"[{"FindIntervals": {"intervals": {"tag": "a", "where": {"meets": {"tag": "b"}, "within": 1}}}}]"#
            )
            #expect(wrong.json.contains("[0].FindIntervals.intervals.where.within"), "\(wrong.json)")
        }
    }

    @Test func `a query sees what it has deleted itself`() async throws {
        let footage = try await Footage(videos: 2, intervals: 20, seed: 4)
        let person = IntervalQuestion(.labelled(LabelledIntervals(["person"])))
        _ = try await footage.found(person)
        let client = CommandClient(on: footage.temporary)
        let found = try await client.first(
            "[{\"DeleteVideo\": {\"constraints\": {\"_uniqueid\": [\"==\", \"\(footage.ids[0])\"]}}}, {\"FindIntervals\": {\"intervals\": {\"tag\": \"person\"}}}]",
            at: 1)
        footage.oracle.frameCounts[0] = nil
        #expect(found["count"] == .integer(Int64(footage.oracle.find(person).count)))
    }

    @Test(.enabled(if: TestVideo.hasTools, "needs ffmpeg"))
    func `tracks are there from their first to their last frame, or while they are in a rectangle`()
        async throws
    {
        let client = try await CommandClient()
        let folder = try TemporaryFolder()
        _ = try await client.ask(#"[{"AddVideo": {}}]"#, [try TestVideo(counting: 50, in: folder).bytes])
        // From left to right, 2 pixels a frame: the middle is at 5 + 2 (n − 10).
        let track = try #require(
            Track([
                .init(frame: 10, box: Box(x: 0, y: 10, width: 10, height: 10)),
                .init(frame: 30, box: Box(x: 40, y: 10, width: 10, height: 10)),
            ]))
        try client.temporary.store.catalog.write { transaction in
            let id = try #require(EntityID("1.0.0"))
            try transaction.addLabel(
                NewLabel(.track, "car", geometry: .json(track.value), confidence: 0.75, source: "model:a@1"),
                to: id)
        }
        func frames(_ more: String) async throws -> [Value] {
            let found = try await client.first(
                "[{\"FindIntervals\": {\"intervals\": {\"track\": \"car\"\(more)}}}]")
            return (found["intervals"]?.arrayValue ?? []).compactMap(\.objectValue).flatMap {
                [$0["start_frame"] ?? .null, $0["end_frame"] ?? .null]
            }
        }
        #expect(try await frames("") == [10, 30])
        // 15 ≤ 5 + 2 (n − 10) < 25: frames 15 to 19.
        let rectangle = #", "in_rectangle": {"x": 15, "y": 0, "width": 10, "height": 48}"#
        #expect(try await frames(rectangle) == [15, 19])
        #expect(try await frames(rectangle + #", "min_duration": 0.2"#) == [15, 19])
        #expect(try await frames(rectangle + #", "min_duration": 0.21"#) == [])
        #expect(try await frames(#", "in_rectangle": {"x": 0, "y": 30, "width": 64, "height": 18}"#) == [])
        #expect(try await frames(#", "min_score": 0.8"#) == [])
        #expect(try await frames(#", "source": "model:b@1""#) == [])
    }

    @Test(.enabled(if: TestVideo.hasTools, "needs ffmpeg"))
    func `a tag is in a rectangle from a frame with a box there to the next frame with a box`() async throws {
        let client = try await CommandClient()
        let folder = try TemporaryFolder()
        _ = try await client.ask(#"[{"AddVideo": {}}]"#, [try TestVideo(counting: 50, in: folder).bytes])
        let id = try #require(EntityID("1.0.0"))
        // Of every fifth frame a box whose middle is at 5 + n; a dog's is elsewhere.
        func box(_ frame: Int, _ name: String, _ x: Int) -> NewLabel {
            let box = Box(x: Double(x), y: 10, width: 10, height: 10)
            return NewLabel(
                .box, name, geometry: .json(Region.Geometry.box(box).value), confidence: 0.9, source: "")
        }
        let frames = stride(from: 10, to: 40, by: 5).map { frame in
            FrameLabels(frame, at: Double(frame) / 25, [box(frame, "car", frame), box(frame, "dog", 0)])
        }
        let intervals = [("car", 10..<30), ("car", 32..<45), ("cat", 0..<50)].map { name, frames in
            VideoInterval(
                name, frames, start: Double(frames.lowerBound) / 25, stop: Double(frames.upperBound) / 25
            ).label(by: "model:a@1")
        }
        var commit = StatementCommit(kind: "model", source: "model:a@1")
        _ = try client.temporary.store.commit(
            [Statement(id, by: "model:a@1", labels: intervals, frames: frames)], &commit)
        func found(_ tag: String, _ x: Int, _ width: Int, _ more: String = "") async throws -> [[Value]] {
            let question =
                #"{"tag": "\#(tag)", "in_rectangle": {"x": \#(x), "y": 0, "width": \#(width), "height": 48}\#(more)}"#
            let found = try await client.first(#"[{"FindIntervals": {"intervals": \#(question)}}]"#)
            #expect(found["status"] == 0, "\(found.json)")
            return (found["intervals"]?.arrayValue ?? []).compactMap(\.objectValue).map {
                #expect($0["tag"] == .string(tag) || !more.isEmpty)
                return [$0["start_frame"] ?? .null, $0["end_frame"] ?? .null]
            }
        }
        // Middles are 15, 20, … 40 at frames 10, 15, … 35; the second interval begins between two of them.
        #expect(try await found("car", 0, 64) == [[10, 29], [35, 44]])
        #expect(try await found("car", 20, 10) == [[15, 24]])
        #expect(try await found("car", 15, 5) == [[10, 14]])
        #expect(try await found("car", 40, 24) == [[35, 44]])
        #expect(try await found("car", 30, 34, #", "min_duration": 0.3"#) == [[35, 44]])
        #expect(try await found("car", 30, 34, #", "bridge": 1"#) == [[25, 44]])
        #expect(try await found("car", 50, 14) == [])
        // Of what no box tells nobody knows where it is.
        #expect(try await found("cat", 0, 64) == [])
    }
}
