import Base
import Blobs
import Catalog
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Engine

@Suite struct DeletionTests {
    private func pictures(_ count: Int) async throws -> (TemporaryStore, [EntityID]) {
        let temporary = try await TemporaryStore()
        let ids = try (0..<count).map {
            try temporary.add(
                Picture.ppm(width: 16, height: 16, seed: $0), path: "\($0)",
                labels: [$0 % 2 == 0 ? "cat" : "dog"]
            ).id
        }
        return (temporary, ids)
    }

    private func delete(_ text: String, dryRun: Bool = false) throws -> DeletionRequest {
        DeletionRequest(
            entityClass: "Image", target: .filter(try Filter.parse(text)), isDryRun: dryRun, by: "tester")
    }

    @Test func `what a filter matches is deleted, and who did it is kept`() async throws {
        let (temporary, ids) = try await pictures(6)
        let store = temporary.store
        let request = try delete(#"{"label": "cat"}"#, dryRun: true)
        #expect(try await store.delete(request) == ["matched": 3, "deleted": 0, "missing": []])
        #expect(try await store.count(class: "Image", filter: .all) == 6)
        #expect(
            try await store.delete(delete(#"{"label": "cat"}"#)) == [
                "matched": 3, "deleted": 3, "missing": [],
            ])
        #expect(
            try await store.find(FindRequest(entityClass: "Image", filter: .all)).entities.map { $0["path"] }
                == ["1", "3", "5"])
        let error = await #expect(throws: EngineError.self) { try await store.entity(ids[0], class: "Image") }
        #expect(error?.code == .gone && error?.message.contains("by tester") == true)
        let facet = try await store.facets(class: "Image", filter: .all, properties: ["label"], limit: 0)
        #expect(facet.facets[0].values.map(\.value) == ["dog"])
    }

    @Test func `ids that name nothing are told, and the others are deleted`() async throws {
        let (temporary, ids) = try await pictures(3)
        let strangers = ["1.0.99", "1.1.0", "7.0.0"].compactMap { EntityID($0) }
        let request = DeletionRequest(
            entityClass: "Image", target: .ids([ids[1]] + strangers + [ids[1], strangers[0]]), by: "tester")
        #expect(
            try await temporary.store.delete(request)
                == ["matched": 1, "deleted": 1, "missing": ["1.0.99", "1.1.0", "7.0.0"]])
        try await temporary.store.delete(ids[0], class: "Image", by: "tester")
        for (id, code) in [(ids[0], EngineError.Code.gone), (strangers[0], .notFound)] {
            let error = await #expect(throws: EngineError.self) {
                try await temporary.store.delete(id, class: "Image", by: "tester")
            }
            #expect(error?.code == code)
        }
    }

    @Test(arguments: [false, true])
    func `the same file again makes a new entity with the same bytes`(purged: Bool) async throws {
        let (temporary, ids) = try await pictures(2)
        let request = DeletionRequest(entityClass: "Image", target: .ids([ids[0]]), by: "tester")
        _ = try await purged ? temporary.store.purge(request) : temporary.store.delete(request)
        let bytes = Picture.ppm(width: 16, height: 16, seed: 0)
        let again = try temporary.add(bytes)
        #expect(again.isNew && again.id != ids[0])
        #expect(try await temporary.store.bytes(of: temporary.store.blob(again.id, class: "Image")) == bytes)
    }

    @Test func `a purge leaves no trace of the bytes, nor of what was made of them`() async throws {
        let (temporary, ids) = try await pictures(4)
        let store = temporary.store
        let bytes = Picture.ppm(width: 16, height: 16, seed: 2)
        // A copy that nothing refers to, as two files of the same content in one group leave it.
        _ = try store.blobs.put(bytes)
        let pixels = try await store.pixelRequest(
            ids[2], class: "Image", pipeline: Store.pipeline(["tensor=u8"]))
        _ = try await store.pixels(pixels)
        let secret = Array(bytes.suffix(700))
        #expect(temporary.holds(secret))
        let answer = try await store.purge(
            DeletionRequest(entityClass: "Image", target: .ids([ids[2]]), by: "tester"))
        #expect(answer == ["matched": 1, "purged": 1, "missing": [], "erased_blobs": 1])
        #expect(!temporary.holds(secret))
        #expect(store.cache.find(pixels.key) == nil)
        let stone = try store.catalog.read { try $0.tombstone(of: ids[2]) }
        #expect(stone?.digest == nil && stone?.who == "tester")
        for index in [0, 1, 3] {
            let kept = try await store.bytes(of: store.blob(ids[index], class: "Image"))
            #expect(kept == Picture.ppm(width: 16, height: 16, seed: index))
        }
        for try await event in store.verify() {
            if case .finding(_, let message) = event { Issue.record("\(message)") }
        }
    }

    @Test func `while files are being added a purge overwrites where the bytes lie`() async throws {
        let (temporary, ids) = try await pictures(3)
        let hold = try temporary.store.blobs.holdPuts()
        defer { hold.end() }
        let bytes = Picture.ppm(width: 16, height: 16, seed: 9)
        let id = try temporary.add(bytes).id
        _ = try await temporary.store.purge(
            DeletionRequest(entityClass: "Image", target: .ids([id, ids[0]]), by: "tester"))
        #expect(!temporary.holds(Array(bytes.suffix(700))))
        #expect(!temporary.holds(Array(Picture.ppm(width: 16, height: 16, seed: 0).suffix(700))))
        #expect(temporary.holds(Array(Picture.ppm(width: 16, height: 16, seed: 1).suffix(700))))
    }

    @Test func `what was deleted before is purged by its id`() async throws {
        let (temporary, ids) = try await pictures(2)
        let request = DeletionRequest(entityClass: "Image", target: .ids([ids[0]]), by: "tester")
        _ = try await temporary.store.delete(request)
        #expect(temporary.holds(Array(Picture.ppm(width: 16, height: 16, seed: 0).suffix(700))))
        #expect(try await temporary.store.purge(request)["erased_blobs"] == 1)
        #expect(!temporary.holds(Array(Picture.ppm(width: 16, height: 16, seed: 0).suffix(700))))
    }

    @Test func `readers beside deletions see each entity whole or not at all`() async throws {
        let (temporary, ids) = try await pictures(60)
        let store = temporary.store
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for reader in 0..<3 {
                tasks.addTask {
                    for round in 0..<40 {
                        let answer = try await store.find(
                            FindRequest(entityClass: "Image", filter: .all, wantsCount: true))
                        #expect(answer.count == answer.entities.count)
                        #expect(answer.entities.allSatisfy { $0["path"] != nil && $0["label"] != nil })
                        let index = (round * 7 + reader * 19) % 60
                        do {
                            let bytes = try await store.bytes(of: store.blob(ids[index], class: "Image"))
                            #expect(bytes == Picture.ppm(width: 16, height: 16, seed: index))
                        } catch let error as EngineError {
                            #expect(error.code == .gone, "\(error)")
                        }
                    }
                }
            }
            tasks.addTask {
                for index in stride(from: 0, to: 60, by: 2) {
                    try await store.delete(ids[index], class: "Image", by: "tester")
                }
            }
            try await tasks.waitForAll()
        }
        #expect(try await store.count(class: "Image", filter: .all) == 30)
    }
}
