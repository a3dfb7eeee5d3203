import Base
@testable import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// Searching by words and by their meaning.
@Suite struct SearchTests {
    /// 0: the label cat; 1: a caption of a cat; 2: a path with a cat, and the label car; 3: a property;
    /// 4: nothing.
    private func store() async throws -> (temporary: TemporaryStore, ids: [EntityID]) {
        let temporary = try await TemporaryStore()
        let paths = ["a", "b", "pets/cat.ppm", "d", "e"]
        let ids = try paths.enumerated().map { place, path in
            try temporary.add(
                Picture.ppm(width: 16, height: 16, seed: place), path: path,
                properties: place == 3 ? ["note": "two Cats, caf\u{E9}"] : [:]
            ).id
        }
        try temporary.store.catalog.write { transaction in
            try transaction.addLabel(NewLabel(.class, "cat", source: "human:ann"), to: ids[0])
            try transaction.addLabel(
                NewLabel(.caption, nil, geometry: .json("a cat on a sofa"), source: "human:ann"), to: ids[1])
            try transaction.addLabel(NewLabel(.class, "car", source: "human:ann"), to: ids[2])
        }
        return (temporary, ids)
    }

    private func found(
        _ text: String, _ store: Store, filter: String = "{}", limit: Int = 25, embedder: TextEmbedder? = nil
    ) async throws -> [String] {
        let request = SearchRequest(
            entityClass: "Image", text: text, filter: try Filter.parse(filter), limit: limit)
        let answer = try await store.search(request, embedder: embedder)
        return (answer["entities"]?.arrayValue ?? []).compactMap { $0.objectValue?["_uniqueid"]?.stringValue }
    }

    @Test func `labels count most, then captions, paths and properties`() async throws {
        let (temporary, ids) = try await store()
        #expect(try await found("cats", temporary.store).first == ids[0].description)
        #expect(Set(try await found("cats", temporary.store)) == Set(ids[0...3].map(\.description)))
        #expect(try await found("CAFE", temporary.store) == [ids[3].description])
        #expect(try await found("sofa", temporary.store) == [ids[1].description])
        #expect(try await found("zebra", temporary.store) == [])
        #expect(try await found("cat", temporary.store, limit: 1).count == 1)
        #expect(
            try await found("cat", temporary.store, filter: #"{"label": {"$ne": "cat"}}"#).contains(
                ids[0].description)
                == false)
    }

    @Test func `what is written after a search is found by the next one`() async throws {
        let (temporary, ids) = try await store()
        let store = temporary.store
        #expect(try await found("zebra", store) == [])
        let label = try store.catalog.write {
            try $0.addLabel(NewLabel(.class, "zebra", source: "human:ann"), to: ids[4])
        }
        #expect(try await found("zebra", store) == [ids[4].description])
        let new = try temporary.add(Picture.ppm(width: 9, height: 9, seed: 9), path: "zebra.ppm").id
        #expect(Set(try await found("zebra", store)) == [ids[4].description, new.description])
        try store.catalog.write { try $0.update(ids[0], set: ["note": "zebra"]) }
        #expect(try await found("zebra", store).count == 3)
        try store.catalog.write { try $0.removeLabel(label, source: "human:ann") }
        #expect(try await found("zebra", store).contains(ids[4].description) == false)
        try store.catalog.write { try $0.delete(new, by: "human:ann") }
        #expect(try await found("zebra", store) == [ids[0].description])
    }

    @Test func `a run that is reverted is no longer found by what it said`() async throws {
        let (temporary, ids) = try await store()
        let store = temporary.store
        _ = try await found("zebra", store)
        let run = try store.catalog.write { transaction in
            let run = try transaction.beginRun("model", source: "model:m@1")
            try transaction.addLabel(NewLabel(.class, "zebra", source: "model:m@1", run: run), to: ids[4])
            return run
        }
        #expect(try await found("zebra", store) == [ids[4].description])
        _ = try await store.revert(run: run, by: "human:ann")
        #expect(try await found("zebra", store) == [])
    }

    @Test func `a change costs the index what was changed, and no other entity`() async throws {
        let (temporary, ids) = try await store()
        let store = temporary.store
        let known = try #require(try store.catalog.read { try $0.entityClass("Image") })
        func written() -> Int { store.textIndex.writtenCount(of: known) }
        _ = try await found("cat", store)
        #expect(written() == 5)
        try store.catalog.write { try $0.update(ids[4], set: ["note": "zebra"]) }
        #expect(try await found("zebra", store) == [ids[4].description] && written() == 6)
        // Within one commit and over several, each entity counts once a search.
        for note in ["a", "b", "zebra crossing"] {
            try store.catalog.write { try $0.update(ids[3], set: ["note": .string(note)]) }
        }
        #expect(try await found("crossing", store) == [ids[3].description] && written() == 7)
        #expect(try await found("cafe", store) == [])
        let run = try store.catalog.write { transaction in
            let run = try transaction.beginRun("model", source: "model:m@1")
            for id in ids[0...1] {
                try transaction.addLabel(NewLabel(.class, "lion", source: "model:m@1", run: run), to: id)
            }
            return run
        }
        #expect(try await found("lion", store).count == 2 && written() == 9)
        _ = try await store.revert(run: run, by: "human:ann")
        #expect(try await found("lion", store) == [] && written() == 11)
        // Another class is another's change; a purge makes it anew.
        _ = try store.catalog.write { try $0.insert("Person", ["name": "Zoe"]) }
        #expect(try await found("cat", store).count == 3 && written() == 11)
        _ = try store.catalog.write { try $0.purge([ids[0].local], of: "Image", by: "human:ann") }
        #expect(try await found("cat", store).count == 2 && written() == 4)
    }

    @Test(arguments: [1, 2, 3]) func `an index that follows answers as one that is made anew`(
        seed: UInt64
    ) async throws {
        let (temporary, ids) = try await store()
        let store = temporary.store
        let words = ["red", "green", "blue", "cat", "sofa"]
        var random = SeededGenerator(seed: seed)
        var runs: [RunID] = []
        for _ in 0..<40 {
            let id = ids[Int.random(in: 0..<ids.count, using: &random)]
            let word = words[Int.random(in: 0..<words.count, using: &random)]
            switch Int.random(in: 0..<5, using: &random) {
            case 0: try store.catalog.write { try $0.update(id, set: ["note": .string(word)]) }
            case 1: try store.catalog.write { try $0.update(id, set: [:], remove: ["note"]) }
            case 2:
                runs.append(
                    try store.catalog.write { transaction in
                        let run = try transaction.beginRun("model", source: "model:m@1")
                        try transaction.addLabel(
                            NewLabel(.class, word, source: "model:m@1", run: run), to: id)
                        return run
                    })
            case 3:
                if let run = runs.popLast() { _ = try await store.revert(run: run, by: "human:ann") }
            default:
                try store.catalog.write { transaction in
                    for label in try transaction.labels(of: id).prefix(1) {
                        try transaction.removeLabel(label.id, source: "human:ann")
                    }
                }
            }
            for word in words {
                let followed = try await found(word, store)
                let known = try #require(try store.catalog.read { try $0.entityClass("Image") })
                let fresh = try store.catalog.read { snapshot in
                    try TextIndex().search(
                        [word], of: known, within: snapshot.alive(known), limit: 25, in: snapshot)
                }
                #expect(Set(followed) == Set(fresh.map { known.entityID($0.id).description }), "seed \(seed)")
            }
        }
    }

    @Test func `words that name a class find the classes below it`() async throws {
        let (temporary, ids) = try await store()
        #expect(try await found("animals", temporary.store) == [])
        _ = try await temporary.store.addLabelClasses([
            ["class": "animal"], ["class": "cat", "parents": ["animal"]],
        ])
        #expect(try await found("animals", temporary.store).first == ids[0].description)
    }

    @Test func `marks of the index's own language are words like others`() async throws {
        let (temporary, _) = try await store()
        for text in [#"cat" OR "x"#, "cat*", "NOT cat", "(cat", "labels:cat", "cat NEAR/2 sofa"] {
            #expect(try await found(text, temporary.store).isEmpty == false, "\(text)")
        }
        for text in ["", "?!", "\"\"", " "] {
            let error = await #expect(throws: EngineError.self) { try await found(text, temporary.store) }
            #expect(error?.code == .invalidRequest)
        }
    }

    @Test func `what means something alike is found, and both rankings are fused`() async throws {
        let (temporary, ids) = try await store()
        // A stand-in for a model: vehicles along one axis, animals along the other.
        let embedder = TextEmbedder(model: "toy@1") { text in
            text.contains("car") || text.contains("vehicle") ? [1, 0] : [0, 1]
        }
        #expect(try await found("vehicle", temporary.store) == [])
        #expect(try await found("vehicle", temporary.store, embedder: embedder) == [ids[2].description])
        let request = SearchRequest(entityClass: "Image", text: "car", filter: .all)
        let answer = try await temporary.store.search(request, embedder: embedder)
        let first = answer["entities"]?.arrayValue?.first?.objectValue
        #expect(first?["by"] == ["words", "meaning"] && answer["model"] == "toy@1")
        // First in both: 1 / 61 twice.
        #expect(abs((first?["score"]?.floatValue ?? 0) - 2.0 / 61) < 1e-12)
    }

    @Test func `ranks are summed as reciprocals, ties by id`() {
        var fusion = SearchFusion()
        fusion.add([3, 1, 2], by: "words")
        fusion.add(groups: [[2, 4], [3]], by: "meaning")
        #expect(fusion.ranking.map(\.id) == [3, 2, 4, 1])
        #expect(fusion.ranking[0].score == 1 / 61.0 + 1 / 62.0)
    }

    @Test func `what looks alike is found by its hash`() async throws {
        let (temporary, ids) = try await store()
        let hash = try await temporary.store.perceptualHash(of: ids[1], class: "Image")
        let found = try await temporary.store.similar(
            to: hash, class: "Image", filter: .all, within: 0, limit: 9)
        #expect(found.first?["_uniqueid"]?.stringValue == ids[1].description)
        #expect(found.allSatisfy { $0["distance"] == 0 })
        let all = try await temporary.store.similar(
            to: hash, class: "Image", filter: .all, within: 64, limit: 9)
        #expect(all.count == ids.count)
        let distances = all.compactMap { $0["distance"]?.integerValue }
        #expect(distances == distances.sorted())
    }
}
