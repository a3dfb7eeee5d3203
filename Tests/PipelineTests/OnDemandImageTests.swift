import Base
import Catalog
import Engine
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

@Suite(.onOwnThreads) struct OnDemandImageTests {
    private func withImages(_ body: (Store, OnDemandImages) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let web = WebBytes(userAgent: "Fovea/1", allowsPrivateAddresses: true)
        do {
            try await body(store, OnDemandImages(store: store, web: web))
        } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }

    private static let picture = Picture.ppm(width: 8, height: 8)

    @Test func `a URL that many ask for at once is fetched once`() async throws {
        let server = try ScriptedServer { request in
            request.target == "/robots.txt" ? .answer(404) : .answer(200, [], Self.picture)
        }
        try await withImages { store, images in
            // More than are fetched at a time, in two spellings.
            let found = try await withThrowingTaskGroup(of: EntityID.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await images.image(at: server.root + (number % 2 == 0 ? "/a" : "/./a"))
                    }
                }
                var found: Set<EntityID> = []
                for try await image in group { found.insert(image) }
                return found
            }
            #expect(found.count == 1 && server.targets == ["/robots.txt", "/a"])
            #expect(try await store.count(class: "Image", filter: .all) == 1)
        }
    }

    @Test func `who leaves takes the fetch from nobody else, and the last one ends it`() async throws {
        let server = try ScriptedServer { request in
            switch request.target {
            case "/robots.txt": .answer(404)
            case "/a": .answer(200, [], Self.picture)
            default: .stall([])
            }
        }
        try await withImages { store, images in
            let one = Task { try await images.image(at: server.root + "/a") }
            while server.targets.isEmpty { await Task.yield() }
            async let other = images.image(at: server.root + "/a")
            one.cancel()
            let image = try await other
            #expect(try await store.entity(image, class: "Image")["_uniqueid"] != nil)
            let left = Task { try await images.image(at: server.root + "/stalls") }
            while server.targets.last != "/stalls" { await Task.yield() }
            left.cancel()
            // Cancelled; or given up, where other tests took all processors for so long.
            await #expect(throws: EngineError.self) { try await left.value }
        }
    }
}
