import Base
import Catalog
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Engine
@testable import Pipeline

/// Rules follow what changes, whoever changes it.
@Suite(.onOwnThreads, .timeLimit(.minutes(20))) struct RuleKeeperTests {
    /// Runs `body` with a store of three images, whose `camera` is `a`, `b` and `c`, and a keeper at work.
    private func withKeeper(_ body: (Store, [EntityID]) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let images = try ["a", "b", "c"].enumerated().map { place, camera in
            try store.prepare(
                Picture.ppm(width: 8, height: 8, seed: place), path: "\(camera).ppm",
                properties: ["camera": .string(camera)], labels: [], reference: nil)
        }
        var run = ImportRun(parameters: [:])
        let ids = try store.commit(images, run: &run).map { try $0.get().id }
        let keeper = RuleKeeper(store: store)
        keeper.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(store, ids))
        } catch {
            outcome = .failure(error)
        }
        await keeper.stop()
        try await store.close()
        try outcome.get()
    }

    private func tagged(_ tag: String, _ store: Store) async throws -> [String] {
        let found = try await store.find(
            FindRequest(entityClass: Store.imageClass, filter: try Filter.parse(#"{"label": "\#(tag)"}"#)))
        return found.entities.compactMap { $0["camera"]?.stringValue }.sorted()
    }

    /// Waits until the tagged images are these; the suite's time limit ends it where they never are.
    private func becomes(_ cameras: [String], _ tag: String, _ store: Store) async throws {
        while try await tagged(tag, store) != cameras { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func update(_ id: EntityID, _ properties: Document, _ store: Store) throws {
        try store.catalog.write { try $0.update(id, set: properties) }
    }

    @Test func `a changed property moves the label of a rule without anybody running it`() async throws {
        try await withKeeper { store, ids in
            _ = try store.addRule(
                "yard", #"if {"camera": "b"} then tag yard"#, replaces: false, by: "human:ann")
            try await becomes(["b"], "yard", store)
            try update(ids[2], ["camera": "b"], store)
            try await becomes(["b", "b"], "yard", store)
            try update(ids[1], ["camera": "z"], store)
            try await becomes(["b"], "yard", store)
            // All that follows by itself belongs to one run.
            let runs = try await store.labelRuns().filter { $0["source"] == "rule:yard" }
            #expect(runs.count == 1)
        }
    }

    @Test func `rules follow each other through their labels`() async throws {
        try await withKeeper { store, ids in
            _ = try store.addRule("2", #"if {"label": "one"} then tag two"#, replaces: false, by: "human:ann")
            _ = try store.addRule(
                "1", #"if {"label": "two"} then tag three"#, replaces: false, by: "human:ann")
            _ = try store.addRule("3", #"if {"camera": "x"} then tag one"#, replaces: false, by: "human:ann")
            try update(ids[0], ["camera": "x"], store)
            try await becomes(["x"], "three", store)
            try update(ids[0], ["camera": "y"], store)
            try await becomes([], "three", store)
        }
    }

    @Test func `two rules that deny each other come to rest, and are told`() async throws {
        try await withKeeper { store, _ in
            _ = try store.addRule(
                "flip", #"if not {"label": "t"} then tag t"#, replaces: false, by: "human:ann")
            let settlement = try store.settleRules()
            #expect(settlement.unsettled == ["flip"])
        }
    }

    @Test func `a reverted rule rests until it is run again`() async throws {
        try await withKeeper { store, ids in
            _ = try store.addRule("r", #"if {"camera": "b"} then tag yard"#, replaces: false, by: "human:ann")
            try await becomes(["b"], "yard", store)
            let run = try await store.labelRuns().last { $0["source"] == "rule:r" }?["run"]?.integerValue
            _ = try await store.revert(run: try #require(run), by: "human:ann")
            #expect(try store.rules().map { $0["paused"] } == [.boolean(true)])
            try update(ids[0], ["camera": "b"], store)
            #expect(try store.settleRules().outcomes == [])
            #expect(try await tagged("yard", store) == [])
            #expect(try store.runRules(["r"]).map(\.added) == [2])
            #expect(try store.rules().map { $0["paused"] } == [.boolean(false)])
        }
    }

    @Test func `what a person takes away of a rule's labels stays away, and a label of another's stays`()
        async throws
    {
        try await withKeeper { store, ids in
            _ = try store.addRule("r", #"if {"camera": "b"} then tag yard"#, replaces: false, by: "human:ann")
            let label = try store.catalog.read { try $0.labels(of: ids[1]).first { $0.name == "yard" }?.id }
            let id = try #require(label)
            try store.catalog.write { try $0.removeLabel(id, source: "human:ann") }
            try update(ids[0], ["camera": "b"], store)
            try await becomes(["b"], "yard", store)
            #expect(try store.settleRules().outcomes == [RuleOutcome(id: "r", entities: 1)])
            // What she gives herself is hers.
            try store.catalog.write {
                _ = try $0.addLabel(NewLabel(.class, "yard", source: "human:ann"), to: ids[1])
            }
            try update(ids[1], ["camera": "q"], store)
            try await becomes(["b", "q"], "yard", store)
        }
    }

    @Test func `a rule that cannot be applied keeps no other from it`() async throws {
        try await withKeeper { store, _ in
            _ = try store.addRule("b", #"if {"camera": "c"} then tag c"#, replaces: false, by: "human:ann")
            let settlement = try store.settleRules()
            #expect(settlement.failures.isEmpty && settlement.unsettled.isEmpty)
            #expect(settlement.outcomes == [RuleOutcome(id: "b", entities: 1)])
        }
    }
}
