import Base
import Blobs
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// Images as samples, and the indexed answer to filters over them.
@Suite struct SampleTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `random filters find what the matcher says of the samples`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        // Boxes that cannot be read come by no face, yet a store may hold them.
        try RandomSamples.fill(temporary, 250, hasUnreadable: seed % 3 == 0, &random)
        let all = try await temporary.store.samples(.all, RandomSamples.roles, skip: 0, limit: 1_000)
        #expect(all.count == 250 && all.samples.count == 250)
        for _ in 0..<250 {
            let text = RandomSamples.filter(&random, depth: 2).json
            let filter = try Filter.parse(text)
            let expected = all.samples.filter { filter.matches($0) }.map { $0["_id"] }
            let found = try await temporary.store.samples(
                filter, RandomSamples.roles, skip: 0, limit: 1_000)
            #expect(found.samples.map { $0["_id"] } == expected, "seed \(seed): \(text)")
            #expect(found.count == expected.count, "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [
        #"{"object_analysis":{"$elemMatch":{"$elemMatch":{"classname":"cat"}}},"width":{"$gt":100}}"#,
        #"{"object_analysis":{"$elemMatch":{"$elemMatch":{"classname":"cat","conf":{"$gt":0.5}}}}}"#,
        #"{"object_analysis":{"$elemMatch":{"$elemMatch":{"x1":{"$gte":10},"y2":{"$lt":99.5}}}}}"#,
        #"{"object_analysis.0.classname":"cat","hash":{"$exists":true}}"#,
        #"{"object_analysis":{"$not":{"$elemMatch":{"$elemMatch":{"classname":{"$in":["cat","dog"]}}}}}}"#,
        #"{"object_analysis":{"$size":1},"datetime":{"$gte":"2020-01-01"}}"#,
        #"{"_id":"PT::0123456789abcdef01234567"}"#, #"{"object_analysis.classname":"cat"}"#,
    ])
    func `what indexes can tell needs no sample to be looked at`(text: String) throws {
        #expect(SampleEvaluator.question(try Filter.parse(text)) != nil)
    }

    @Test func `a sample has the fields of the article, in its order and its types`() async throws {
        let temporary = try await TemporaryStore()
        let picture = Picture.ppm(width: 60, height: 40, seed: 1)
        let id = try temporary.add(
            picture,
            properties: ["url": "http://example.org/a.ppm", "source": "commoncrawl", "label_quality": 0.75]
        ).id
        try temporary.store.catalog.write { transaction in
            let run = try transaction.beginRun("model", source: "model:a@1", parameters: [:])
            try transaction.addLabel(
                RandomSamples.box("cat", 1.5, 2.4, 10, 20.2, 0.875, "model:a@1", run), to: id)
        }
        let sample = try await temporary.store.sample(id)
        #expect(
            sample.keys == [
                "_id", "url", "datetime", "object_analysis_processed", "pose_estimation_processed",
                "face_analysis_processed", "source", "type", "height", "width", "hash", "object_analysis",
                "label_quality_estimation",
            ])
        let key = try #require(sample["_id"]?.stringValue)
        #expect(key.hasPrefix("PT::") && key.utf8.count == 28)
        #expect(try await temporary.store.image(ofSample: key) == id)
        #expect(
            sample["datetime"]?.stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/) != nil)
        #expect(sample["object_analysis_processed"] == "true")
        #expect(sample["pose_estimation_processed"] == "false")
        #expect(sample["face_analysis_processed"] == "false")
        #expect(sample["type"] == "image" && sample["source"] == "commoncrawl")
        #expect(sample["width"] == 60 && sample["height"] == 40)
        #expect(sample["hash"]?.stringValue == SHA256Digest(hashing: picture).description)
        // 1.5 + 10 is 11.5, 2.4 + 20.2 is 22.6; halves are rounded away from zero.
        #expect(
            sample["object_analysis"]
                == [[["classname": "cat", "conf": 0.875, "x1": 2, "y1": 2, "x2": 12, "y2": 23]]])
        #expect(sample["label_quality_estimation"] == 0.75)
    }

    @Test func `an image that nobody has looked at says so`() async throws {
        let temporary = try await TemporaryStore()
        let id = try temporary.add(Picture.ppm(width: 6, height: 4, seed: 1)).id
        let sample = try await temporary.store.sample(id)
        #expect(sample["object_analysis_processed"] == "false" && sample["object_analysis"] == [])
        #expect(sample["url"] == nil && sample["label_quality_estimation"] == nil)
    }

    @Test func `of several models the newest is shown, with what people said`() async throws {
        let temporary = try await TemporaryStore()
        let id = try temporary.add(Picture.ppm(width: 60, height: 40, seed: 1)).id
        try temporary.store.catalog.write { transaction in
            for (source, name) in [("model:new@1", "dog"), ("model:old@1", "cat")].reversed() {
                let run = try transaction.beginRun("model", source: source, parameters: [:])
                try transaction.addLabel(RandomSamples.box(name, 1, 1, 5, 5, 0.5, source, run), to: id)
            }
            try transaction.addLabel(
                RandomSamples.box("cow", 1, 1, 5, 5, nil, "human:ann", nil), to: id)
        }
        let sample = try await temporary.store.sample(id)
        let names = sample["object_analysis"]?.arrayValue?.first?.arrayValue?.map {
            $0.objectValue?["classname"]
        }
        #expect(names == ["dog", "cow"])
        func count(_ name: String) async throws -> Int {
            try await temporary.store.samples(
                try Filter.parse(#"{"object_analysis.0.classname": "\#(name)"}"#), skip: 0, limit: 1
            ).count
        }
        #expect(try await (count("cat"), count("dog"), count("cow")) == (0, 1, 1))
    }

    @Test func `what looked and found nothing counts, and hides what others found`() async throws {
        let temporary = try await TemporaryStore()
        let roles = AnalysisRoles(["old": .objects, "new": .objects, "face": .faces, "pose": .poses])
        let ids = try (0..<4).map {
            try temporary.add(Picture.ppm(width: 60, height: 40, seed: $0)).id
        }
        try temporary.store.catalog.write { transaction in
            var runs: [String: RunID] = [:]
            for name in ["old", "new", "face", "pose"] {
                runs[name] = try transaction.beginRun("model", source: "model:\(name)@1", parameters: [:])
            }
            func look(_ name: String, _ id: EntityID, _ label: String? = nil, error: String? = nil) throws {
                let source = "model:\(name)@1"
                if let label {
                    try transaction.addLabel(
                        RandomSamples.box(label, 1, 1, 5, 5, 0.5, source, runs[name]), to: id)
                }
                try transaction.noteExamined(
                    id, by: source, run: runs[name], labels: label == nil ? 0 : 1, error: error)
            }
            try look("old", ids[0], "cat")
            try look("new", ids[0])
            try look("old", ids[1], "cat")
            try look("new", ids[1], error: "broken")
            try look("face", ids[2])
            try look("pose", ids[3], "person")
        }
        let samples = try await temporary.store.samples(.all, roles, skip: 0, limit: 9).samples
        func flags(_ index: Int) -> [Value?] {
            ["object_analysis", "pose_estimation", "face_analysis"].map { samples[index]["\($0)_processed"] }
        }
        #expect(samples[0]["object_analysis"] == [[]] && flags(0) == ["true", "false", "false"])
        #expect(samples[1]["object_analysis"]?.arrayValue?.first?.arrayValue?.count == 1)
        #expect(samples[2]["object_analysis"] == [] && flags(2) == ["false", "false", "true"])
        #expect(samples[3]["object_analysis"] == [] && flags(3) == ["false", "true", "false"])
        let cats = try await temporary.store.samples(
            try Filter.parse(#"{"object_analysis.0.classname": "cat"}"#), roles, skip: 0, limit: 9)
        #expect(cats.samples.map { $0["_id"] } == [samples[1]["_id"]])
    }

    @Test(arguments: [
        "PT::0123456789ABCDEF01234567", "PT::0123", "0123456789abcdef01234567",
        "PT::0123456789abcdef0123456g",
        "",
    ])
    func `a malformed id is told as such`(text: String) async throws {
        let temporary = try await TemporaryStore()
        let error = await #expect(throws: EngineError.self) {
            try await temporary.store.image(ofSample: text)
        }
        #expect(error?.code == .invalidRequest && error?.path == "url_or_id")
    }
}
