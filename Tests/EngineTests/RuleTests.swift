import Base
import Catalog
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Engine

@Suite(.onOwnThreads) struct RuleTests {
    private static let source = "model:m@1"

    /// Runs `body` with a store of images that have these numbers of cars, and a property `camera` each.
    private func withStore(
        cars: [Int], _ body: (Store, [EntityID]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let images = try cars.indices.map {
            try store.prepare(
                Picture.ppm(width: 8, height: 8, seed: $0), path: "\($0).ppm",
                properties: ["camera": .string("c\($0 % 2)")], labels: [], reference: nil)
        }
        var run = ImportRun(parameters: [:])
        let ids = try store.commit(images, run: &run).map { try $0.get().id }
        try see(store, Dictionary(uniqueKeysWithValues: zip(ids, cars)))
        do {
            try await body(store, ids)
        } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }

    /// Has the model see so many cars, every second one with a confidence of 0.4, the others of 0.9.
    private func see(_ store: Store, _ cars: [EntityID: Int]) throws {
        let statements = cars.sorted { $0.key < $1.key }.map { id, count in
            Statement(
                id, by: Self.source,
                labels: (0..<count).map { index in
                    NewLabel(
                        .box, "car",
                        geometry: .json(["x": .integer(Int64(index)), "y": 0, "width": 1, "height": 1]),
                        confidence: index % 2 == 0 ? 0.9 : 0.4, source: Self.source)
                })
        }
        var commit = StatementCommit(kind: "model", source: Self.source, replaces: true)
        _ = try store.commit(statements, &commit)
    }

    /// The places in `ids` of the images that have a tag.
    private func tagged(_ tag: String, _ store: Store, _ ids: [EntityID]) async throws -> [Int] {
        let found = try await store.find(
            FindRequest(entityClass: Store.imageClass, filter: try Filter.parse(#"{"label": "\#(tag)"}"#)))
        let names = found.entities.compactMap { $0["_uniqueid"]?.stringValue }
        return names.compactMap { name in ids.firstIndex { $0.description == name } }.sorted()
    }

    @Test(
        "a rule tags what satisfies its condition, and nothing else",
        arguments: [
            ("count(car) > 3", [3, 4]), ("count(car) = 0", [0]), ("count(car) < 2", [0, 1]),
            ("count(car) <= 2 and not count(car) = 1", [0, 2]), ("count(car, 0.5) >= 2", [3, 4]),
            ("any(car, bus)", [1, 2, 3, 4]), ("all(car, bus)", []), ("not any(car)", [0]),
            (#"{"camera": "c1"}"#, [1, 3]),
            (#"{"camera": "c1"} and count(car) != 1 or count(car)=9"#, [3, 4]),
            (#"not ({"camera": "c1"} or any("car"))"#, [0]),
        ])
    func conditions(condition: String, expected: [Int]) async throws {
        try await withStore(cars: [0, 1, 2, 4, 9]) { store, ids in
            let outcome = try store.addRule(
                "r", "if \(condition) then tag hit", replaces: false, by: "human:ann")
            let found = try await tagged("hit", store, ids)
            #expect(found == expected)
            #expect(outcome.added == expected.count && outcome.entities == expected.count)
        }
    }

    @Test func `what follows no longer is taken back, and applying a rule twice changes nothing`()
        async throws
    {
        try await withStore(cars: [1, 5, 6]) { store, ids in
            _ = try store.addRule(
                "traffic", "if count(car) > 3 then tag traffic, busy", replaces: false, by: "human:ann")
            let first = try await tagged("busy", store, ids)
            #expect(first == [1, 2])
            let idle = try store.runRules()
            #expect(idle == [RuleOutcome(id: "traffic", entities: 2)])
            try see(store, [ids[0]: 7, ids[1]: 0])
            let changed = try store.runRules()
            #expect(changed == [RuleOutcome(id: "traffic", added: 2, removed: 2, entities: 2)])
            let second = try await tagged("traffic", store, ids)
            #expect(second == [0, 2])
            let replaced = try store.addRule(
                "traffic", "if any(car) then tag seen", replaces: true, by: "human:ann")
            #expect(replaced.added == 2)
            let (old, new) = (
                try await tagged("traffic", store, ids), try await tagged("seen", store, ids)
            )
            #expect(old == [] && new == [0, 2])
            #expect(try store.removeRule("traffic").removed == 2)
            let runs = try await store.labelRuns().filter { $0["kind"] == "rule" }
            #expect(runs.allSatisfy { $0["source"] == "rule:traffic" && $0["finished"] != nil })
            #expect(try store.rules().isEmpty)
            for try await case .finding(_, let message) in store.verify() { Issue.record("\(message)") }
        }
    }

    @Test func `a rule for another class labels its entities, and moves with its class`() async throws {
        try await withStore(cars: [3]) { store, ids in
            let people = try store.catalog.write { transaction in
                try [17, 18, 40].map { try transaction.insert("Person", ["age": .integer($0)]) }
            }
            func adults() throws -> [Int] {
                try store.catalog.read { snapshot in
                    try people.indices.filter { place in
                        try snapshot.labels(of: people[place]).contains { $0.name == "adult" }
                    }
                }
            }
            let made = try store.addRule(
                "age", #"for Person if {"age": {"$gte": 18}} then tag adult"#, replaces: false,
                by: "human:ann")
            #expect(made.added == 2 && made.entities == 2)
            #expect(try adults() == [1, 2])
            try store.catalog.write { try $0.update(people[0], set: ["age": 18]) }
            #expect(try store.runRules() == [RuleOutcome(id: "age", added: 1, entities: 3)])
            let moved = try store.addRule(
                "age", "if count(car) > 0 then tag adult", replaces: true, by: "human:ann")
            #expect(try moved.added == 1 && adults() == [])
            let found = try await tagged("adult", store, ids)
            #expect(found == [0])
            let nobody = try store.addRule(
                "none", "for Nobody if any(a) then tag b", replaces: false, by: "human:ann")
            #expect(nobody == RuleOutcome(id: "none"))
            for try await case .finding(_, let message) in store.verify() { Issue.record("\(message)") }
        }
    }

    @Test(arguments: [1, 2, 3, 4]) func `no text makes the reader of rules trap`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rules = [
            #"for Person if {"a": {"$gt": "}\""}} then tag "x y", z"#,
            "if not (any(a, \"b c\") or all(d)) and count(é, 0.5) >= 10 then tag q; if any(r) then tag s;",
        ]
        let pieces = [
            "if", "then", "tag", "for", "(", ")", "{", "}", "\"", ",", ";", "count(", "not ", "<", "=",
            "9e99",
            "\u{0}", "\u{e9}", "{\"$or\": [", "-1", "\\",
        ]
        for _ in 0..<5_000 {
            var text = Array(rules[Int.random(in: 0..<rules.count, using: &random)].unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                let end = min(text.count, place + Int.random(in: 0...6, using: &random))
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
                text.replaceSubrange(place..<end, with: Array(piece.unicodeScalars))
            }
            var rule = String.UnicodeScalarView()
            rule.append(contentsOf: text)
            do throws(EngineError) {
                let read = try LabelRule(String(rule))
                #expect(!read.branches.isEmpty && read.branches.allSatisfy { !$0.tags.isEmpty })
            } catch {
                #expect([.invalidRequest, .invalidFilter, .limitExceeded].contains(error.code))
            }
        }
    }

    @Test func `branches map cameras to places, and a label of somebody else's is left alone`() async throws {
        try await withStore(cars: [0, 0, 0]) { store, ids in
            var commit = StatementCommit(kind: "model", source: "model:n@1")
            _ = try store.commit(
                [Statement(ids[0], by: "model:n@1", labels: [NewLabel(.class, "place:yard", source: "")])],
                &commit)
            _ = try store.addRule(
                "place",
                #"if {"camera": "c0"} then tag place:gate; if {"camera": "c1"} then tag place:yard;"#,
                replaces: false, by: "human:ann")
            let (gate, yard) = (
                try await tagged("place:gate", store, ids), try await tagged("place:yard", store, ids)
            )
            #expect(gate == [0, 2] && yard == [0, 1])
            _ = try store.removeRule("place")
            let left = try await tagged("place:yard", store, ids)
            #expect(left == [0])
        }
    }

    @Test func `a rule that cannot be applied is not kept, and the one that it was to replace stays`()
        async throws
    {
        try await withStore(cars: [1]) { store, ids in
            let broken = #"if {"label": {"$isa": "nope"}} then tag z"#
            #expect(throws: EngineError.self) {
                _ = try store.addRule("r", broken, replaces: false, by: "human:ann")
            }
            #expect(try store.rules().isEmpty)
            _ = try store.addRule("r", "if any(car) then tag t", replaces: false, by: "human:ann")
            #expect(throws: EngineError.self) {
                _ = try store.addRule("r", broken, replaces: true, by: "human:ann")
            }
            #expect(try store.rules().map { $0["rule"] } == ["if any(car) then tag t"])
            #expect(try await tagged("t", store, ids) == [0])
        }
    }

    @Test func `a rule that can be applied no longer is named, once the others were`() async throws {
        try await withStore(cars: [1]) { store, ids in
            _ = try await store.addLabelClasses([["class": "vehicle"]])
            _ = try store.addRule(
                "a", #"if {"label": {"$isa": "vehicle"}} then tag z"#, replaces: false, by: "human:ann")
            _ = try store.addRule("b", #"if {"hue": 1} then tag t"#, replaces: false, by: "human:ann")
            try await store.removeLabelClass("vehicle", parents: [], synonyms: [])
            try store.catalog.write { try $0.update(ids[0], set: ["hue": 1]) }
            let error = #expect(throws: EngineError.self) { _ = try store.runRules() }
            #expect(error?.message.contains("'a'") == true, "\(String(describing: error))")
            #expect(try await tagged("t", store, ids) == [0])
        }
    }

    @Test func `labels that a rule of the same name gave before go when it is run`() async throws {
        try await withStore(cars: [1, 1]) { store, ids in
            _ = try store.addRule("r", "if any(car) then tag old", replaces: false, by: "human:ann")
            _ = try store.addRule("r", "if any(car) then tag new", replaces: true, by: "human:ann")
            // The run in which the old labels were taken back.
            let run = try await store.labelRuns().filter { $0["source"] == "rule:r" }[1]["run"]?.integerValue
            _ = try await store.revert(run: try #require(run), by: "human:ann")
            #expect(try await tagged("old", store, ids) == [0, 1])
            _ = try store.runRules(["r"])
            #expect(try await tagged("old", store, ids) == [])
            #expect(try await tagged("new", store, ids) == [0, 1])
        }
    }

    @Test func `a rule leaves alone what is no tag, whatever its source is called`() async throws {
        try await withStore(cars: [1]) { store, ids in
            let box = NewLabel(
                .box, "cat", geometry: .json(["x": 0, "y": 0, "width": 4, "height": 4]), source: "rule:r")
            _ = try store.catalog.write { try $0.addLabel(box, to: ids[0]) }
            _ = try store.addRule("r", "if any(car) then tag t", replaces: false, by: "human:ann")
            _ = try store.removeRule("r")
            let left = try store.catalog.read { try $0.labels(of: ids[0]).map(\.name) }
            #expect(left == ["car", "cat"])
        }
    }

    @Test func `what is taken away between looking and labelling stays away`() async throws {
        try await withStore(cars: [1, 1]) { store, ids in
            _ = try store.addRule("r", #"if {"hue": 1} then tag t, u"#, replaces: false, by: "human:ann")
            try store.catalog.write { try $0.update(ids[0], set: ["hue": 1]) }
            _ = try store.runRules()
            let change = try #require(
                try store.ruleChange(of: "r", nil, isWhole: false) { _, _, _, _ in
                    ["t": IdSet(ids.map(\.local)), "u": IdSet(ids.map(\.local))]
                })
            // Ann takes a label away that the rule has given meanwhile.
            try store.catalog.write { transaction in
                let run = try change.beginRun(transaction)
                let label = try transaction.addLabel(
                    NewLabel(.class, "t", source: "rule:r", run: run), to: ids[1])
                try transaction.removeLabel(label, source: "human:ann")
            }
            let done = try store.catalog.write { transaction in
                try change.perform(on: change.targets, transaction, try change.beginRun(transaction))
            }
            #expect(done.added == 1 && done.removed == 0)
            #expect(try await tagged("t", store, ids) == [0])
            #expect(try await tagged("u", store, ids) == [0, 1])
        }
    }

    @Test func `rules that never come to rest are no reason to look again`() async throws {
        try await withStore(cars: [1, 2]) { store, ids in
            _ = try store.addRule(
                "flip", #"if not {"label": "t"} then tag t"#, replaces: false, by: "human:ann")
            _ = try store.addRule("car", "if any(car) then tag c", replaces: false, by: "human:ann")
            let first = try store.settleRules()
            #expect(first.unsettled == ["flip"] && first.commit == store.newestCommit)
            let before = store.newestCommit
            let second = try store.settleRules(restless: true)
            #expect(second.unsettled == ["flip"] && store.newestCommit - before <= 3)
        }
    }

    @Test(
        "a rule that is none is refused with the place",
        arguments: [
            ("", "byte 1"), ("if", "byte 3"), ("if any() then tag a", "byte 8"),
            ("if any(a) then a", "byte 16"), ("if any(a) then tag", "byte 19"),
            ("if count(a) then tag b", "byte 13"), ("if count(a) > x then tag b", "byte 15"),
            ("if count(a, 2) > 1 then tag b", "0...1"), ("if any(a) then tag b c", "byte 22"),
            (#"if {"$no": 1} then tag b"#, "$no"), (#"if {"a": 1 then tag b"#, "JSON"),
            ("if " + String(repeating: "(", count: 99), "50 levels"), ("for", "byte 4"),
            ("for Person", "'if'"), ("for BoundingBox if any(a) then tag b", "BoundingBox"),
            ("for DescriptorSet if any(a) then tag b", "DescriptorSet"),
            ("if any(a) then tag \"b\nc\"", "control"),
            ("if any(a) then tag \(String(repeating: "b", count: 257))", "256 bytes"),
            ("if any(a) then tag \((0...1_000).map { "t\($0)" }.joined(separator: ", "))", "1001 tags"),
        ])
    func refusals(text: String, words: String) {
        let error = #expect(throws: EngineError.self) { _ = try LabelRule(text) }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
}
