import Annotations
import Base
import Catalog
import Engine
import Query
import TestSupport
import Testing

@testable import Curation

@Suite struct LabelCheckTests {
    private func request(_ rules: [String]? = nil, classes: Set<String>? = nil) throws -> CheckRequest {
        try CheckRequest(
            entityClass: "Image", filter: .all, rules: rules, options: CheckOptions(classes: classes))
    }

    private func findings(_ store: Store, _ request: CheckRequest) async throws -> [LabelFinding] {
        var found: [LabelFinding] = []
        for try await page in try await store.findings(request) { found += page }
        return found
    }

    /// What the rules say of one image with these labels, but for rare classes.
    private func rules(_ labels: [NewLabel], classes: Set<String>? = nil) async throws -> [String] {
        let temporary = try await TemporaryStore()
        try await temporary.add(labels)
        return try await findings(temporary.store, request(classes: classes)).map(\.rule)
            .filter { $0 != "rare-class" }
    }

    @Test func `labels as they should be break no rule`() async throws {
        let track = try #require(
            Track([
                .init(frame: 0, box: Box(x: 0, y: 0, width: 10, height: 10)),
                .init(frame: 5, box: Box(x: 10, y: 0, width: 10, height: 10)),
            ]))
        #expect(
            try await rules(
                [
                    .box("cat", 0, 0, 100, 90), .box("cat", 10, 10, 20, 20, confidence: 1),
                    // Another source may say the same.
                    .box("cat", 10, 10, 20, 20, by: "model:m@1", confidence: 0.5),
                    .box("dog", 10, 10, 20, 20, by: "model:n@1", confidence: 0),
                    .polygon("cat", [[[0, 0], [50, 0], [0, 50]]]),
                    NewLabel(.caption, nil, geometry: .json("a cat"), source: "human:ann"),
                    NewLabel(track, "cat", source: "human:ann"),
                ], classes: ["cat", "dog"]) == [])
    }

    @Test(
        "each rule finds what breaks it, and nothing else does",
        arguments: [
            ("unreadable", [NewLabel(.box, "cat", geometry: .json([1, 2]), source: "human:ann")]),
            ("no-area", [.box("cat", 10, 10, 0, 5)]), ("no-area", [.box("cat", 10, 10, 20, -5)]),
            ("no-area", [.polygon("cat", [[[0, 0], [10, 10], [30, 30], [5, 5]]])]),
            ("outside-image", [.box("cat", 90, 10, 20, 20)]),
            ("outside-image", [.box("cat", 190, 10, 20, 20)]),
            ("outside-image", [.polygon("cat", [[[0, 0], [101, 0], [0, 50]]])]),
            ("few-points", [.polygon("cat", [[[0, 0], [50, 0], [0, 50]], [[1, 1], [2, 2]]])]),
            ("crossing-edges", [.polygon("cat", [[[0, 0], [50, 50], [50, 0], [0, 50]]])]),
            ("duplicate", [.box("cat", 0, 0, 50, 50), .box("cat", 0, 0, 50, 49)]),
            ("conflict", [.box("cat", 0, 0, 50, 50), .box("dog", 0, 0, 50, 49)]),
            ("unknown-class", [.box("cow", 0, 0, 50, 50)]), ("unknown-class", [.box(nil, 0, 0, 50, 50)]),
            ("confidence", [.box("cat", 0, 0, 50, 50, confidence: 1.5)]),
            ("mask-size", [.mask("cat", 100, 99, "ag0")]), ("mask-size", [.mask("cat", 100, 100, "ag0")]),
            ("mask-size", [NewLabel(.mask, "cat", geometry: .json("x"), source: "human:ann")]),
            ("point-outside", [.box("cat", 10, 10, 20, 20), .points("cat", [[12, 31]], 10, 10, 20, 20)]),
            (
                "point-outside",
                [NewLabel(.points, "cat", geometry: .json(["points": [[101, 5]]]), source: "human:ann")]
            ),
            (
                "point-outside",
                [NewLabel(.points, "cat", geometry: .json(["points": []]), source: "human:ann")]
            ),
            ("orphaned", [.box("cat", 60, 60, 20, 20), .points("cat", [[12, 14]], 10, 10, 20, 20)]),
            ("tiny", [.box("cat", 10, 10, 1.9, 30)]), ("giant", [.box("cat", 0, 0, 100, 96)]),
            ("unlabelled", []),
        ])
    func each(rule: String, labels: [NewLabel]) async throws {
        #expect(try await rules(labels, classes: ["cat", "dog"]) == [rule])
    }

    @Test func `limits count as they are said: 0,95 covers, 2 pixels are not tiny, 95 per cent is not giant`()
        async throws
    {
        #expect(try await rules([.box("cat", 0, 0, 50, 40), .box("cat", 0, 0, 50, 38)]) == ["duplicate"])
        #expect(try await rules([.box("cat", 0, 0, 50, 40), .box("cat", 0, 0, 50, 37.9)]) == [])
        #expect(try await rules([.box("cat", 10, 10, 2, 2)]) == [])
        #expect(try await rules([.box("cat", 0, 0, 100, 95)]) == [])
        #expect(try await rules([.box("cat", 0, 0, 100, 100.5)]) == ["outside-image", "giant"])
    }

    @Test func `masks and key points as they should be break no rule`() async throws {
        // 100 columns of 100 rows: the second one is inside.
        let mask = RunLengthMask(width: 100, height: 100, counts: [100, 100, 9_800])
        #expect(
            try await rules([
                .mask("cat", 100, 100, mask.text), .box("cat", 10, 10, 20, 20),
                // On the edges, one not seen; by a box that somebody has moved since.
                .points("cat", [[10, 10], [30, 30]], 10, 10, 20, 20),
                .points("cat", [[12, 12]], 8, 10, 20, 20),
                NewLabel(
                    .points, "cat", geometry: .json(["points": [[100, 0], .null]]), source: "human:ann"),
            ]) == [])
    }

    @Test func `classes take in their synonyms and titles, and what is below them`() async throws {
        let temporary = try await TemporaryStore()
        _ = try await temporary.store.addLabelClasses([
            ["class": "animal"], ["class": "/m/01yrx", "parents": ["animal"], "title": "Cat"],
            ["class": "dog", "parents": ["animal"], "synonyms": ["hound"]],
        ])
        for name in ["animal", "/m/01yrx", "Cat", "hound", "car"] {
            try await temporary.add([.box(name, 0, 0, 50, 50)])
        }
        func unknown(_ classes: Set<String>) async throws -> [String] {
            try await findings(temporary.store, request(["unknown-class"], classes: classes)).map(\.message)
        }
        #expect(try await unknown(["animal"]) == ["'car' is not among the 1 classes"])
        #expect(try await unknown(["Cat", "car", "dog"]) == ["'animal' is not among the 3 classes"])
    }

    @Test func `key points without their box are removed by their fix, which can be reverted`() async throws {
        let temporary = try await TemporaryStore()
        let id = try await temporary.add([.points("face", [[12, 14]], 10, 10, 20, 20)])
        let outcome = try await temporary.store.fixLabels(request(["orphaned"]), by: "human:ann")
        #expect(outcome.map(\.fixed) == [1])
        #expect(try await temporary.labels(id) == [])
        _ = try await temporary.store.revert(run: outcome[0].run ?? 0, by: "human:ann")
        #expect(try await temporary.labels(id).count == 1)
    }

    @Test func `a track that leaps is found, by the two frames`() async throws {
        let temporary = try await TemporaryStore()
        let track = try #require(
            Track([
                .init(frame: 0, box: Box(x: 0, y: 0, width: 10, height: 10)),
                .init(frame: 4, box: Box(x: 8, y: 0, width: 10, height: 10)),
                .init(frame: 5, box: Box(x: 18, y: 0, width: 10, height: 10)),
            ]))
        try await temporary.add([NewLabel(track, "cat", source: "human:ann")])
        let found = try await findings(temporary.store, request(["track-jump"]))
        #expect(found.map(\.message) == ["an IoU of 0 from frame 4 to frame 5"])
        #expect(found[0].severity == .warning && found[0].fix == nil)
    }

    @Test func `a class with few labels is found over all images`() async throws {
        let temporary = try await TemporaryStore()
        for _ in 0..<5 { try await temporary.add([NewLabel(.class, "cat", source: "human:ann")]) }
        try await temporary.add([NewLabel(.class, "cta", source: "human:ann")])
        let found = try await findings(temporary.store, request(["rare-class"]))
        #expect(found.map(\.message) == ["'cta' has 1 label"] && found[0].entity == nil)
    }

    @Test func `fixes are runs of their rules, and reverting them brings back what was`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let id = try await temporary.add([
            .box("cat", -10, 90, 30, 30, confidence: 0.5), .box("cat", 0, 0, 0, 10),
            .box("dog", 5, 5, 10, 10),
            .box("dog", 5, 5, 10, 10), .box("dog", 5, 5, 10, 10), .box("owl", 300, 0, 9, 9),
            .polygon("cat", [[[0, 0], [9, 0], [0, 9]], [[1, 1]]]),
        ])
        let before = try await temporary.labels(id)
        let outcomes = try await store.fixLabels(request(), by: "human:ann")
        let fixed = outcomes.filter { $0.fixed > 0 }
        #expect(fixed.map(\.rule) == ["no-area", "outside-image", "few-points", "duplicate"])
        #expect(fixed.map(\.fixed) == [1, 2, 1, 2])
        let after = try await temporary.labels(id)
        #expect(after.map(\.name) == ["dog", "cat", "cat"])
        let cut = try #require(after.first { $0.name == "cat" && $0.kind == .box })
        #expect(cut.box == Box(x: 0, y: 90, width: 20, height: 10))
        #expect(
            cut.source == before[0].source && cut.run == fixed[1].run && cut.confidence == 0.5
                && cut.parent == before[0].id)
        #expect(try await findings(store, request()).allSatisfy { $0.severity == .warning })
        // Nothing is left to mend.
        #expect(try await store.fixLabels(request(), by: "human:ann").allSatisfy { $0.run == nil })

        let runs = try await store.labelRuns()
        #expect(runs.compactMap { $0["source"]?.stringValue } == fixed.map { "rule:\($0.rule)" })
        #expect(runs.allSatisfy { $0["finished"] != nil && $0["kind"] == "rule" })
        for outcome in fixed.reversed() { _ = try await store.revert(run: outcome.run ?? 0, by: "human:ann") }
        #expect(Set(try await temporary.labels(id)) == Set(before))
    }

    @Test func `a box that is cut off stays its author's, and is no copy of another's`() async throws {
        let temporary = try await TemporaryStore()
        let id = try await temporary.add([
            .box("cat", -10, -10, 100, 100, by: "human:ann"),
            .box("cat", -10, -10, 100, 100, by: "human:bob"),
        ])
        let fixed = try await temporary.store.fixLabels(request(), by: "human:ann").filter { $0.fixed > 0 }
        #expect(fixed.map(\.rule) == ["outside-image"] && fixed[0].fixed == 2)
        let after = try await temporary.labels(id)
        #expect(after.map(\.source) == ["human:ann", "human:bob"])
        #expect(after.allSatisfy { $0.run == fixed[0].run && $0.parent != nil })
    }

    @Test func `of three copies one stays, the most confident`() async throws {
        let temporary = try await TemporaryStore()
        let id = try await temporary.add([
            .box("cat", 0, 0, 50, 50, by: "model:m@1", confidence: 0.5),
            .box("cat", 0, 0, 50, 50, by: "model:m@1", confidence: 0.9),
            .box("cat", 0, 0, 50, 49, by: "model:m@1", confidence: 0.7),
        ])
        for _ in 0..<2 { _ = try await temporary.store.fixLabels(request(["duplicate"]), by: "human:ann") }
        #expect(try await temporary.labels(id).map(\.confidence) == [0.9])
    }

    @Test func `a rule that there is not is refused with those that there are`() async throws {
        let error = #expect(throws: EngineError.self) { try request(["nonsense"]) }
        #expect(error?.path == "rules" && error?.message.contains("outside-image") == true)
        #expect(Set(LabelRules.all.map(\.id)).count == LabelRules.all.count)
    }

    @Test func `edges that only touch do not cross`() {
        func points(_ pairs: [[Double]]) -> [Point] { pairs.map { Point(x: $0[0], y: $0[1]) } }
        #expect(CrossingEdges.crossing(points([[0, 0], [4, 0], [4, 4], [0, 4]])) == nil)
        #expect(CrossingEdges.crossing(points([[0, 0], [4, 4], [4, 0], [0, 4]])) ?? (9, 9) == (0, 2))
        // Two triangles that meet in one point.
        #expect(
            CrossingEdges.crossing(points([[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4]])) == nil)
        #expect(CrossingEdges.crossing(points([[0, 0], [1, 1], [2, 0]])) == nil)
    }
}
