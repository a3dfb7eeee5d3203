import Base
import Catalog
import Engine
import Inference
import Media
import Query
import SystemPackage
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThreads) struct LabellingTests {
    /// Finds a box in pictures of an even width, nothing in others, and cannot look at those 13 wide.
    private struct Parity: Examiner {
        var kind: String { "model" }
        var source = "model:parity@1"
        var sources: [String] { [source] }
        var descriptorSet: String? { isEmbedding ? "parity" : nil }
        var concurrency: Int { 2 }
        var isEmbedding = false
        var looks = Counter()

        func examine(_ picture: Raster) throws -> [Finding] {
            looks.increment()
            if picture.width == 13 { throw EngineError(.failed, "thirteen is too many") }
            if isEmbedding { return [Finding(vector: [Float(picture.width), 1, 0])] }
            guard picture.width.isMultiple(of: 2) else { return [Finding()] }
            let box: Value = ["x": 1, "y": 2, "width": 3, "height": 4]
            return [
                Finding(labels: [
                    NewLabel(.box, "even", geometry: .json(box), confidence: 0.75, source: source)
                ])
            ]
        }
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func increment() { count.withLock { $0 += 1 } }
        var value: Int { count.withLock { $0 } }
    }

    /// Runs `body` with a store of pictures of these widths, one each.
    private func withStore(
        widths: [Int], _ body: (Store, [EntityID]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let images = try widths.map {
            try store.prepare(
                Picture.ppm(width: $0, height: 9, seed: $0), path: "\($0).ppm", properties: [:], labels: [],
                reference: nil)
        }
        var run = ImportRun(parameters: [:])
        let ids = try store.commit(images, run: &run).map { try $0.get().id }
        do {
            try await body(store, ids)
        } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }

    private func expectSound(_ store: Store) async throws {
        for try await case .finding(_, let message) in store.verify() { Issue.record("\(message)") }
    }

    private func labels(_ store: Store) async throws -> [Document] {
        var labels: [Document] = []
        for try await page in try await store.labels(
            LabelRequest(entityClass: Store.imageClass, filter: .all))
        {
            labels += page
        }
        return labels
    }

    private func run(
        _ examiner: Parity, _ store: Store, again: Bool = false, retriesFailed: Bool = false,
        keepsOlder: Bool = false, cancellation: Cancellation = Cancellation()
    ) throws -> LabelProgress {
        let targets = try store.labelTargets(
            LabelTargets(examiner.sources, again: again, retriesFailed: retriesFailed)
        ).ids
        let commit = StatementCommit(
            kind: examiner.kind, source: examiner.source, descriptorSet: examiner.descriptorSet,
            replaces: again, keepsOlder: keepsOlder)
        return try LabellingRun(
            targets, LabelWork(examiner, of: store), into: store, commit, LabelProgress(), cancellation,
            emit: { _ in }
        ).run()
    }

    @Test func `what is found is labelled, what is not is noted, and what fails is told and ends nothing`()
        async throws
    {
        try await withStore(widths: [10, 11, 12, 13, 14]) { store, ids in
            let progress = try run(Parity(), store)
            #expect(progress.labelled == 3 && progress.nothing == 1 && progress.failed == 1)
            #expect(progress.labels == 3 && progress.total == 5)
            let labels = try await labels(store)
            #expect(labels.map { $0["image"] } == [0, 2, 4].map { .string(ids[$0].description) })
            #expect(labels.allSatisfy { $0["source"] == "model:parity@1" && $0["confidence"] == 0.75 })
            #expect(labels.allSatisfy { $0["width"]?.floatValue == 3 && $0["run"] == labels[0]["run"] })
            let runs = try await store.labelRuns()
            #expect(runs.count == 1 && runs[0]["kind"] == "model" && runs[0]["finished"] != nil)
            try await expectSound(store)
        }
    }

    @Test func `a second run looks at nothing, one that retries only at what failed, one again at all`()
        async throws
    {
        try await withStore(widths: [10, 11, 13]) { store, _ in
            let examiner = Parity()
            _ = try run(examiner, store)
            let before = try await labels(store)
            #expect(examiner.looks.value == 3)
            #expect(try run(examiner, store).done == 0 && examiner.looks.value == 3)
            let (now, runs) = (try await labels(store), try await store.labelRuns())
            #expect(now == before && runs.count == 1)
            #expect(try run(examiner, store, retriesFailed: true).failed == 1)
            #expect(examiner.looks.value == 4)
            let again = try run(examiner, store, again: true)
            #expect(again.labelled == 1 && again.nothing == 1 && again.failed == 1)
            let after = try await labels(store)
            #expect(after.count == before.count, "what was found before gives way")
            #expect(after[0]["run"] != before[0]["run"])
        }
    }

    @Test
    func `a newer version's labels and vectors take the place of the older's, unless both are asked for`()
        async throws
    {
        try await withStore(widths: [10, 11, 12]) { store, _ in
            func sources() async throws -> [String] {
                try await labels(store).compactMap { $0["source"]?.stringValue }
            }
            _ = try run(Parity(), store)
            _ = try run(Parity(source: "model:parity-b@1"), store)
            _ = try run(Parity(source: "model:parity@1@2"), store)
            let (one, other, odd) = ("model:parity@1", "model:parity-b@1", "model:parity@1@2")
            let all = try await sources()
            #expect(all.count == 6, "other models are none of its versions")
            _ = try run(Parity(source: "model:parity@2"), store, keepsOlder: true)
            let both = try await sources()
            #expect(both.count == 8 && both.contains(one))
            _ = try run(Parity(source: "model:parity@3"), store)
            let newest = try await sources()
            #expect(newest.filter { $0 == "model:parity@3" }.count == 2)
            #expect(newest.filter { $0 == other }.count == 2 && newest.filter { $0 == odd }.count == 2)
            #expect(newest.count == 6)
            // What gave way to a run comes back with it.
            let number = try #require(try await store.labelRuns().last?["run"]?.integerValue)
            _ = try await store.revert(run: number, by: "human:ann")
            let back = try await sources()
            #expect(back.sorted() == both.sorted())
            try await expectSound(store)
        }
        try await withStore(widths: [10, 12]) { store, _ in
            for version in 1...2 {
                _ = try run(Parity(source: "model:parity@\(version)", isEmbedding: true), store)
            }
            let set = FindRequest(entityClass: "Descriptor:0:parity", filter: .all)
            let vectors = try await store.find(set).entities
            #expect(vectors.map { $0["_source"] } == ["model:parity@2", "model:parity@2"])
            try await expectSound(store)
        }
    }

    @Test func `reverting takes labels and vectors back, and lets the model look again`() async throws {
        try await withStore(widths: [10, 12]) { store, _ in
            for isEmbedding in [false, true] {
                let examiner = Parity(isEmbedding: isEmbedding)
                _ = try run(examiner, store)
                let number = try #require(try await store.labelRuns().last?["run"]?.integerValue)
                let outcome = try await store.revert(run: number, by: "human:ann")
                #expect(outcome["removed"] == 2)
                #expect(try await labels(store) == [])
                #expect(try run(examiner, store).labelled == 2)
                let fresh = try #require(try await store.labelRuns().last?["run"]?.integerValue)
                _ = try await store.revert(run: fresh, by: "human:ann")
            }
            try await expectSound(store)
        }
    }

    @Test func `a vector becomes a descriptor of a set named by the model, joined with its picture`()
        async throws
    {
        try await withStore(widths: [10, 12]) { store, _ in
            #expect(try run(Parity(isEmbedding: true), store).labels == 2)
            let found = try await store.count(class: "Descriptor:0:parity", filter: .all)
            #expect(found == 2)
            // To look again makes no second one.
            _ = try run(Parity(isEmbedding: true), store, again: true)
            #expect(try await store.count(class: "Descriptor:0:parity", filter: .all) == 2)
            try await expectSound(store)
        }
    }

    @Test func `one picture is labelled for who waits, and is known the second time`() async throws {
        try await withStore(widths: [10, 11, 13]) { store, ids in
            let labelling = Labelling(Parity(), into: store)
            let first = try await labelling.label(ids)
            #expect(first == [.labelled(1), .labelled(0), .failed("thirteen is too many")])
            let second = try await labelling.label([ids[0], ids[1]])
            #expect(second == [.known, .known])
            let third = try await labelling.label([ids[0]], again: true)
            #expect(third == [.labelled(1)])
            let labels = try await labels(store)
            #expect(labels.count == 1)
            let looked = try await store.examinations(of: ids[2])
            #expect(looked.map(\.source) == ["model:parity@1"] && looked[0].run == 1)
            #expect(looked[0].error == "thirteen is too many" && looked[0].labelCount == 0)
        }
    }

    @Test func `a run that is cancelled keeps what was ready, and another does the rest, each once`()
        async throws
    {
        try await withStore(widths: Array(20..<60)) { store, _ in
            let examiner = Parity()
            let cancellation = Cancellation()
            let targets = try store.labelTargets(LabelTargets(examiner.sources)).ids
            let lines = Counter()
            let progress = try LabellingRun(
                targets, LabelWork(examiner, of: store), into: store,
                StatementCommit(kind: "model", source: examiner.source), LabelProgress(), cancellation
            ) { _ in
                // The first line tells that it begins.
                lines.increment()
                cancellation.cancel()
            }.run()
            #expect(progress.done < 40)
            #expect(try run(examiner, store).done == 40 - progress.done)
            let labels = try await labels(store)
            #expect(Set(labels.compactMap { $0["image"]?.stringValue }).count == 20 && labels.count == 20)
            #expect(examiner.looks.value == 40)
        }
    }
}
