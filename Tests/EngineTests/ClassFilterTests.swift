import Base
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// Conditions on labels: by classes above theirs, by how many there are, by how much of the picture they
/// cover.
@Suite struct ClassFilterTests {
    /// Five pictures of 16 × 16:
    /// 0: two boxes of cats, one of a dog; 1: a box of a kitty that covers half the picture; 2: the class
    /// dog; 3: a caption alone; 4: nothing.
    private func store() async throws -> (temporary: TemporaryStore, ids: [EntityID]) {
        let temporary = try await TemporaryStore()
        let ids = try (0..<5).map {
            try temporary.add(Picture.ppm(width: 16, height: 16, seed: $0), path: "\($0)").id
        }
        try temporary.store.catalog.write { transaction in
            func box(
                _ name: String, _ x: Double, _ width: Double, _ confidence: Double?, on place: Int
            ) throws {
                let geometry: Value = [
                    "x": .float(x), "y": 0, "width": .float(width), "height": 16,
                ]
                try transaction.addLabel(
                    NewLabel(
                        .box, name, geometry: .json(geometry), confidence: confidence, source: "human:ann"),
                    to: ids[place])
            }
            try box("cat", 0, 2, 0.9, on: 0)
            try box("cat", 4, 2, 0.4, on: 0)
            try box("dog", 8, 2, nil, on: 0)
            // Half of it lies outside: 8 of 16 columns are within.
            try box("kitty", 8, 16, 0.5, on: 1)
            try transaction.addLabel(NewLabel(.class, "dog", source: "human:ann"), to: ids[2])
            try transaction.addLabel(
                NewLabel(.caption, nil, geometry: .json("a cat"), source: "human:ann"), to: ids[3])
            try transaction.mergeLabelClasses([
                LabelClass("animal"), LabelClass("cat", synonyms: ["kitty"], parents: ["animal", "pet"]),
                LabelClass("pet"), LabelClass("dog", parents: ["animal"]),
            ])
        }
        return (temporary, ids)
    }

    private func found(_ filter: String, in store: Store) async throws -> [String] {
        let request = FindRequest(entityClass: "Image", filter: try Filter.parse(filter))
        return try await store.find(request).entities.compactMap { $0["path"]?.stringValue }
    }

    @Test(
        "conditions on labels find what they say",
        arguments: [
            (#"{"labels.class": {"$isa": "animal"}}"#, ["0", "1", "2"]),
            (#"{"labels.class": {"$isa": "pet"}}"#, ["0", "1"]),
            (#"{"labels.class": {"$isa": "cat"}}"#, ["0", "1"]),
            (#"{"labels.class": "cat"}"#, ["0"]),
            (#"{"label": {"$isa": "animal"}}"#, ["2"]),
            (#"{"label": {"$isa": ["pet", "dog"]}}"#, ["2"]),
            (#"{"label": {"$not": {"$isa": "animal"}}}"#, ["0", "1", "3", "4"]),
            (#"{"labels": {"$elemMatch": {"class": {"$isa": "pet"}, "kind": "box"}}}"#, ["0", "1"]),
            (#"{"labels": {"$elemMatch": {"class": {"$isa": "animal"}, "kind": "class"}}}"#, ["2"]),
            (
                #"{"labels": {"$count": {"$elemMatch": {"class": {"$isa": "animal"}, "kind": "box"}, "$gte": 2}}}"#,
                ["0"]
            ),
            (#"{"labels": {"$count": {"$elemMatch": {"class": "cat", "kind": "box"}, "$eq": 2}}}"#, ["0"]),
            (#"{"labels": {"$count": {"$elemMatch": {"class": "cat"}, "$lt": 2}}}"#, ["1", "2", "3", "4"]),
            (
                #"{"labels": {"$count": {"$elemMatch": {"class": "cat", "confidence": {"$gt": 0.4}}, "$gte": 1}}}"#,
                ["0"]
            ),
            (
                #"{"labels": {"$count": {"$elemMatch": {"class": "cat", "confidence": {"$gte": 0.4}}, "$eq": 2}}}"#,
                ["0"]
            ),
            (
                #"{"labels": {"$elemMatch": {"class": {"$isa": "animal"}, "confidence": {"$lt": 0.5}}}}"#,
                ["0"]
            ),
            (#"{"labels": {"$count": {"$gte": 1}}}"#, ["0", "1", "2", "3"]),
            (#"{"labels": {"$count": {"$eq": 0}}}"#, ["4"]),
            (#"{"labels": {"$count": {"$gt": 1, "$lte": 3}}}"#, ["0"]),
            (#"{"labels": {"$elemMatch": {"kind": "caption"}}}"#, ["3"]),
            (#"{"labels": {"$elemMatch": {"kind": "box", "area_fraction": {"$gte": 0.5}}}}"#, ["1"]),
            (#"{"labels": {"$elemMatch": {"kind": "box", "area_fraction": {"$gt": 0.5}}}}"#, []),
            (#"{"labels": {"$elemMatch": {"class": {"$isa": "animal"}, "area_fraction": 0.125}}}"#, ["0"]),
            (#"{"labels": {"$exists": true}}"#, ["0", "1", "2", "3"]),
            (#"{"label": {"$exists": false}}"#, ["0", "1", "3", "4"]),
        ])
    func conditions(filter: String, expected: [String]) async throws {
        let (temporary, _) = try await store()
        #expect(try await found(filter, in: temporary.store) == expected)
        // The same by looking at each document, which is what filters are defined by.
        let request = FindRequest(entityClass: "Image", filter: .all)
        let all = try await temporary.store.find(request).entities
        let resolved = try await temporary.store.read { snapshot in
            try snapshot.resolved(
                try Filter.parse(filter), for: try #require(try snapshot.entityClass("Image")))
        }
        #expect(all.filter { resolved.matches($0) }.compactMap { $0["path"]?.stringValue } == expected)
        #expect(try Filter.parse(Filter.parse(filter).text) == Filter.parse(filter))
    }

    @Test(
        "an $isa that makes no sense is refused where it stands",
        arguments: [
            (#"{"width": {"$isa": "animal"}}"#, "width.$isa", "'width' is neither"),
            (#"{"labels.kind": {"$isa": "animal"}}"#, "labels.kind.$isa", "neither"),
            (#"{"label": {"$isa": "anmal"}}"#, "label.$isa", "near it are: animal"),
            (#"{"labels": {"$elemMatch": {"class": {"$isa": "wolf"}}}}"#, "labels.class.$isa", "'wolf'"),
        ])
    func refused(filter: String, path: String, message: String) async throws {
        let (temporary, _) = try await store()
        let error = await #expect(throws: EngineError.self) { try await found(filter, in: temporary.store) }
        #expect(error?.code == .invalidFilter && error?.path == path)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `explain shows what an $isa takes in, and that postings answer`() async throws {
        let (temporary, _) = try await store()
        let answer = try await temporary.store.explain(
            class: "Image", filter: Filter.parse(#"{"label": {"$isa": "pet"}}"#))
        let plan = try #require(answer["plan"]?.objectValue)
        #expect(plan["by"] == "posting" && plan["labels"] == ["cat", "kitty", "pet"])
        let count = try await temporary.store.explain(
            class: "Image",
            filter: Filter.parse(
                #"{"labels": {"$count": {"$elemMatch": {"class": {"$isa": "pet"}, "kind": "box"}, "$gte": 2}}}"#
            ))
        #expect(count["plan"]?.objectValue?["by"] == "posting")
    }

    @Test func `labels and facets are told by the classes above`() async throws {
        let (temporary, ids) = try await store()
        let store = temporary.store
        var told: [String?] = []
        let request = try LabelRequest(entityClass: "Image", filter: .all, classIsA: "pet")
        for try await page in try await store.labels(request) {
            told += page.map { $0["class"]?.stringValue }
        }
        #expect(told == ["cat", "cat", "kitty"])
        try store.catalog.write { transaction in
            try transaction.addLabel(NewLabel(.class, "cat", source: "human:ann"), to: ids[2])
            try transaction.addLabel(NewLabel(.class, "kitty", source: "human:ann"), to: ids[4])
            try transaction.addLabel(NewLabel(.class, "rock", source: "human:ann"), to: ids[4])
        }
        let facet = try #require(
            try await store.facets(
                class: "Image", filter: .all, properties: ["label"], limit: 0, rollsUp: true
            ).facets.first)
        let counts = facet.values.map { "\($0.value.stringValue ?? "") \($0.count)" }
        #expect(counts == ["animal 2", "cat 2", "pet 2", "dog 1", "rock 1"])
        #expect(facet.missing == 3 && facet.distinct == 5)
    }

    @Test func `a class that is declared later is there for the next question`() async throws {
        let (temporary, ids) = try await store()
        try temporary.store.catalog.write {
            try $0.addLabel(NewLabel(.class, "wolf", source: "human:ann"), to: ids[4])
        }
        #expect(try await found(#"{"label": {"$isa": "animal"}}"#, in: temporary.store) == ["2"])
        _ = try await temporary.store.addLabelClasses([["class": "wolf", "parents": ["animal"]]])
        #expect(try await found(#"{"label": {"$isa": "animal"}}"#, in: temporary.store) == ["2", "4"])
    }
}
