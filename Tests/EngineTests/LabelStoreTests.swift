import Base
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// Labels listed one by one, and runs taken back.
@Suite struct LabelStoreTests {
    /// Two pictures with a label each, and a run of a model over the first: a box, and a class in the place
    /// of what the folder said.
    private func labelled() async throws -> (temporary: TemporaryStore, ids: [EntityID], run: Int64) {
        let temporary = try await TemporaryStore()
        let ids = try (0..<2).map {
            try temporary.add(
                Picture.ppm(width: 16, height: 16, seed: $0), path: "\($0)", labels: ["cat"]
            ).id
        }
        let run = try temporary.store.catalog.write { transaction in
            let run = try transaction.beginRun(
                "model", source: "model:boxes@2", parameters: ["threshold": 0.5])
            let before = try transaction.labels(of: ids[0])
            let geometry: Value = ["x": 1.0, "y": 2.5, "width": 10.0, "height": 4.0]
            try transaction.addLabel(
                NewLabel(
                    .box, "dog", geometry: .json(geometry), confidence: 0.75, source: "model:boxes@2",
                    run: run), to: ids[0])
            try transaction.addLabel(
                NewLabel(
                    .class, "dog", confidence: 0.5, source: "model:boxes@2", run: run, parent: before[0].id),
                to: ids[0])
            try transaction.finishRun(run)
            return run
        }
        return (temporary, ids, run)
    }

    private func labels(
        _ store: Store, _ filter: String = "{}", kind: String? = nil, name: String? = nil,
        source: String? = nil, run: Int64? = nil
    ) async throws -> [Document] {
        var all: [Document] = []
        let request = try LabelRequest(
            entityClass: "Image", filter: Filter.parse(filter), kind: kind, name: name, source: source,
            run: run)
        for try await page in try await store.labels(request) { all += page }
        return all
    }

    @Test(arguments: [1, 2]) func `what taggers measured is asked for by its number`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        var measured: [(id: EntityID, labels: [(name: String, value: Double?)])] = []
        for number in 0..<40 {
            let id = try temporary.add(Picture.ppm(width: 8, height: 8, seed: number)).id
            var labels: [(name: String, value: Double?)] = []
            for tagger in ["blur", "brightness"] where Bool.random(using: &random) {
                let value = Double(Int.random(in: 0...20, using: &random)) / 2
                labels.append(("\(tagger):\(value < 5 ? "low" : "high")", value))
            }
            if number.isMultiple(of: 7) { labels.append(("cat", nil)) }
            try temporary.store.catalog.write { [labels] transaction in
                for (name, value) in labels {
                    let geometry = value.map { LabelGeometry.json(["value": .float($0)]) }
                    try transaction.addLabel(
                        NewLabel(.class, name, geometry: geometry, source: "tagger:t@1"), to: id)
                }
            }
            measured.append((id, labels))
        }
        typealias Test = (String, ([(name: String, value: Double?)]) -> Bool)
        let tests: [Test] = [
            (#"{"labels.value": {"$lt": 2.5}}"#, { $0.contains { $0.value.map { $0 < 2.5 } ?? false } }),
            (#"{"labels.value": 5}"#, { $0.contains { $0.value == 5 } }),
            (
                #"{"labels": {"$elemMatch": {"class": "blur:low", "value": {"$gte": 2, "$lt": 4}}}}"#,
                { $0.contains { $0.name == "blur:low" && (2..<4).contains($0.value ?? -1) } }
            ),
            (
                #"{"labels": {"$elemMatch": {"class": {"$regex": "^brightness:"}, "value": {"$gt": 7}}}}"#,
                { $0.contains { $0.name.hasPrefix("brightness:") && $0.value ?? 0 > 7 } }
            ),
            (
                #"{"labels": {"$count": {"$elemMatch": {"value": {"$gte": 1}}, "$gte": 2}}}"#,
                { $0.count { $0.value ?? 0 >= 1 } >= 2 }
            ),
            (#"{"labels.value": {"$exists": false}}"#, { $0.allSatisfy { $0.value == nil } }),
        ]
        for (text, holds) in tests {
            let found = try await temporary.store.find(
                FindRequest(entityClass: "Image", filter: try Filter.parse(text), limit: 0)
            ).entities.compactMap { $0["_uniqueid"]?.stringValue }
            let expected = measured.filter { holds($0.labels) }.map(\.id.description)
            #expect(found == expected, "\(text), seed \(seed)")
        }
    }

    @Test func `each label that holds is told with its target, its place and who said it`() async throws {
        let (temporary, ids, run) = try await labelled()
        let all = try await labels(temporary.store)
        #expect(all.map { $0["image"]?.stringValue } == [ids[0], ids[0], ids[1]].map(\.description))
        #expect(all.map { $0["class"] } == ["dog", "dog", "cat"])
        let box = try #require(all.first { $0["kind"] == "box" })
        #expect(
            ["x", "y", "width", "height", "confidence"].map { box[$0]?.floatValue } == [1, 2.5, 10, 4, 0.75])
        #expect(box["source"] == "model:boxes@2" && box["run"] == .integer(run) && box["parent"] == nil)
        let replacement = try #require(all.first { $0["kind"] == "class" && $0["class"] == "dog" })
        #expect(replacement["parent"]?.integerValue != nil && replacement["x"] == nil)
        #expect(all[2]["source"]?.stringValue?.hasPrefix("import:") == true)
    }

    @Test func `labels are chosen by what they say and by their target`() async throws {
        let (temporary, _, run) = try await labelled()
        let store = temporary.store
        #expect(try await labels(store, kind: "box").count == 1)
        #expect(try await labels(store, name: "cat").count == 1)
        #expect(try await labels(store, source: "model:*").count == 2)
        #expect(try await labels(store, source: "model:boxes@2").count == 2)
        #expect(try await labels(store, source: "model:boxes").isEmpty)
        #expect(try await labels(store, run: run).count == 2)
        #expect(try await labels(store, #"{"path": "1"}"#).count == 1)
        let error = #expect(throws: EngineError.self) {
            try LabelRequest(entityClass: "Image", filter: .all, kind: "colour")
        }
        #expect(error?.path == "kind" && error?.message.contains("polygon") == true)
    }

    @Test func `an import whose run is reverted says the rest within another`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let images = try (0..<3).map { number in
            try store.prepare(
                Picture.ppm(width: 8, height: 8, seed: number), path: "\(number)", properties: [:],
                labels: ["cat"], reference: nil)
        }
        var run = ImportRun(parameters: [:])
        _ = try store.commit([images[0]], run: &run)
        _ = try await store.revert(run: 1, by: "human:ann")
        for image in images[1...] { _ = try store.commit([image], run: &run) }
        #expect(try await labels(store).map { $0["run"] } == [2, 2])
        #expect(try await store.labelRuns().count == 2)
    }

    @Test(
        "what a run replaced stays away where a later run replaced what it said, until that is reverted too",
        arguments: [([1, 1, 1], ["dog"]), ([1, 1, 1], []), ([1, 2, 3], ["dog"])] as [([Int], [String])])
    func replacedTwice(versions: [Int], second: [String]) async throws {
        for order in [[2, 3], [3, 2]] {
            let temporary = try await TemporaryStore()
            let store = temporary.store
            let id = try temporary.add(Picture.ppm(width: 8, height: 8, seed: 1)).id
            for (version, names) in zip(versions, [["cat", "cow"], second, ["owl"]]) {
                let source = "model:m@\(version)"
                var commit = StatementCommit(kind: "model", source: source, replaces: true)
                let labels = names.map { NewLabel(.class, $0, source: source) }
                _ = try store.commit([Statement(id, by: source, labels: labels)], &commit)
            }
            #expect(try await labels(store).map { $0["class"] } == ["owl"])
            _ = try await store.revert(run: Int64(order[0]), by: "human:ann")
            let left = try await labels(store).compactMap { $0["class"]?.stringValue }
            #expect(left == (order[0] == 2 ? ["owl"] : second), "\(order)")
            _ = try await store.revert(run: Int64(order[1]), by: "human:ann")
            #expect(try await labels(store).map { $0["class"] } == ["cat", "cow"], "\(order)")
            #expect(try await labels(store).allSatisfy { $0["run"] == 1 })
            for try await event in store.verify() {
                if case .finding(let kind, let message) = event { Issue.record("\(kind): \(message)") }
            }
        }
    }

    @Test func `a run that is reverted leaves the labels as they were before it, to the byte`() async throws {
        let (temporary, ids, run) = try await labelled()
        let store = temporary.store
        let expected = try await labels(store, #"{"path": "1"}"#)[0]
        #expect(
            try await store.revert(run: run, by: "human:ann")
                == ["run": .integer(run), "removed": 2, "restored": 1])
        let left = try await labels(store)
        #expect(left.count == 2 && left[1] == expected)
        #expect(left[0]["class"] == "cat" && left[0]["image"]?.stringValue == ids[0].description)
        let found = try await store.labelRuns().first { $0["run"] == .integer(run) }
        let told = try #require(found)
        #expect(told["kind"] == "model" && told["reverted"] != nil && told["finished"] != nil)
        #expect(told["parameters"] == ["threshold": 0.5])
        #expect(
            try await store.revert(run: run, by: "human:ann")
                == ["run": .integer(run), "removed": 0, "restored": 0])
        let error = await #expect(throws: EngineError.self) {
            try await store.revert(run: 99, by: "human:ann")
        }
        #expect(error?.code == .notFound)
    }
}
