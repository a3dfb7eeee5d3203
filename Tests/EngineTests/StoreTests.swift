import Base
import Blobs
import Catalog
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Engine

@Suite struct StoreTests {
    @Test func `an image is described by its file`() async throws {
        let temporary = try await TemporaryStore()
        let bytes = Picture.ppm(width: 7, height: 5)
        let added = try temporary.add(bytes, path: "/p/one.ppm", properties: ["site": 3], labels: ["cat"])
        #expect(added.isNew)
        let entity = try await temporary.store.entity(added.id, class: "Image")
        #expect(entity["path"] == "/p/one.ppm")
        #expect(
            entity["width"] == 7 && entity["height"] == 5 && entity["channels"] == 3 && entity["bits"] == 8)
        #expect(entity["format"] == "pnm")
        #expect(entity["bytes"] == .integer(Int64(bytes.count)))
        #expect(entity["sha256"] == .string(SHA256Digest(hashing: bytes).description))
        #expect(entity["label"] == "cat" && entity["site"] == 3)
        let red = (0..<5).flatMap { _ in (0..<7).map { Double($0 * 3) } }
        let mean = red.reduce(0, +) / 35
        #expect(entity["mean"]?.arrayValue?.first?.floatValue.map { abs($0 - mean) < 1e-12 } == true)
        #expect(entity["histogram"]?.arrayValue?.first?.arrayValue?[3] == 5)
        #expect(try await temporary.store.bytes(of: temporary.store.blob(added.id, class: "Image")) == bytes)
    }

    @Test func `the same content again is a duplicate that adds its path and labels, whatever the order`()
        async throws
    {
        var documents: [Document] = []
        for order in [["/b", "/a", "/c"], ["/c", "/b", "/a"], ["/a", "/c", "/b"]] {
            let temporary = try await TemporaryStore()
            for path in order {
                try temporary.add(
                    Picture.ppm(width: 4, height: 4), path: path, labels: [String(path.dropFirst())])
            }
            let found = try await temporary.store.find(FindRequest(entityClass: "Image", filter: .all))
                .entities
            #expect(found.count == 1)
            var document = found[0]
            document["label"] = document["label"]?.arrayValue.map { .array($0.sorted { $0.json < $1.json }) }
            for changing in ["_key", "added_at", "labels"] { document[changing] = nil }
            documents.append(Document(document.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
        }
        #expect(documents[0]["path"] == "/a")
        #expect(documents[0]["paths"] == ["/a", "/b", "/c"])
        #expect(documents[0]["label"] == ["a", "b", "c"])
        #expect(documents[0] == documents[1] && documents[1] == documents[2])
    }

    @Test func `what is not an image is refused and leaves nothing`() async throws {
        let temporary = try await TemporaryStore()
        let error = #expect(throws: EngineError.self) { try temporary.add(Array("just text".utf8)) }
        #expect(error?.code == .unsupportedMedia)
        #expect(try await temporary.store.count(class: "Image", filter: .all) == 0)
    }

    @Test func `labels are found by name and counted`() async throws {
        let temporary = try await TemporaryStore()
        for index in 0..<9 {
            try temporary.add(
                Picture.ppm(width: 4, height: 4, seed: index),
                labels: [["cat"], ["dog"], ["cat", "pet"]][index % 3])
        }
        let count = { (text: String) in
            try await temporary.store.count(class: "Image", filter: Filter.parse(text))
        }
        #expect(try await count(#"{"label": "cat"}"#) == 6)
        #expect(try await count(#"{"label": {"$in": ["dog", "pet"]}}"#) == 6)
        #expect(try await count(#"{"label": {"$ne": "cat"}}"#) == 3)
        #expect(try await count(#"{"$and": [{"label": "cat"}, {"label": "pet"}]}"#) == 3)
        #expect(try await count(#"{"labels": {"$elemMatch": {"class": "dog", "kind": "class"}}}"#) == 3)
        let facet = try await temporary.store.facets(
            class: "Image", filter: .all, properties: ["label"], limit: 2
        ).facets[0]
        #expect(facet.values.map(\.value) == ["cat", "dog"])
        #expect(facet.values.map(\.count) == [6, 3])
        #expect(facet.distinct == 3 && facet.missing == 0)
    }

    @Test func `identity is looked up, never scanned`() async throws {
        let temporary = try await TemporaryStore()
        let first = try temporary.add(Picture.ppm(width: 4, height: 4, seed: 1))
        try temporary.add(Picture.ppm(width: 4, height: 4, seed: 2))
        let digest = SHA256Digest(hashing: Picture.ppm(width: 4, height: 4, seed: 1)).description
        for text in [#"{"_uniqueid": "\#(first.id)"}"#, #"{"sha256": "\#(digest)"}"#] {
            let plan = try await temporary.store.explain(class: "Image", filter: Filter.parse(text))
            #expect(plan["count"] == 1)
            #expect(plan["plan"]?.objectValue?["by"] == "identity")
        }
    }

    @Test func `derived pixels come from the cache the second time, also after the store was opened anew`()
        async throws
    {
        let temporary = try await TemporaryStore()
        let id = try temporary.add(Picture.ppm(width: 40, height: 30)).id
        let request = try await temporary.store.pixelRequest(
            id, class: "Image", pipeline: Store.pipeline(["resize=8x6", "encode=png"]))
        let pixels = try await temporary.store.pixels(request)
        #expect(temporary.store.cache.inMemory(request.key)?.bytes == pixels.bytes)
        let fresh = DerivedPixelsCache(
            directory: StoreLayout(temporary.store.directory).cache, memoryBudget: .mebibytes(1),
            diskBudget: .mebibytes(1))
        #expect(fresh.inMemory(request.key) == nil)
        #expect(fresh.find(request.key)?.bytes == pixels.bytes)
    }

    @Test func `histograms have the edges that were asked for and count every entity once`() async throws {
        let temporary = try await TemporaryStore()
        try temporary.insert(
            "Thing", (0..<100).map { ["x": .integer(Int64($0))] } + [["x": 2.5], ["y": 1], ["x": "text"]])
        let even = try await temporary.store.histogram(
            class: "Thing", filter: .all, property: "x", bins: .even(4))
        #expect(even.edges == [0, 24.75, 49.5, 74.25, 99])
        #expect(even.counts == [26, 25, 25, 25])
        #expect(even.missing == 2)
        let edges = try await temporary.store.histogram(
            class: "Thing", filter: .all, property: "x", bins: .edges([10, 20, 99]))
        #expect(edges.counts == [10, 80])  // The last bin is closed.
        #expect(edges.below == 11 && edges.above == 0 && edges.missing == 2)
        await #expect(throws: EngineError.self) {
            try await temporary.store.histogram(
                class: "Thing", filter: .all, property: "x", bins: .edges([2, 1]))
        }
    }

    @Test func `histograms of dates take dates for edges, those of numbers do not`() async throws {
        let temporary = try await TemporaryStore()
        let times = try [
            "2023-05-06T07:08:09Z", "2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z", "2026-01-01",
        ]
        .map { try #require(DateTime(iso8601: $0)) }
        try temporary.insert("Thing", times.map { ["at": .dateTime($0), "x": 1] })
        let edges = try ["2023-01-01", "2024-01-01", "2025-01-01"].map { try #require(DateTime(iso8601: $0)) }
        let histogram = try await temporary.store.histogram(
            class: "Thing", filter: .all, property: "at", bins: .dates(edges))
        #expect(histogram.counts == [1, 2] && histogram.above == 1)
        for (property, edges) in [("x", edges), ("at", edges.reversed())] {
            let error = await #expect(throws: EngineError.self) {
                try await temporary.store.histogram(
                    class: "Thing", filter: .all, property: property, bins: .dates(edges))
            }
            #expect(error?.code == .invalidRequest && error?.path?.hasPrefix("edges") == true)
        }
    }

    @Test func `garbage collection frees what nothing refers to and keeps the rest`() async throws {
        let temporary = try await TemporaryStore()
        let kept = try temporary.add(Picture.ppm(width: 64, height: 64, seed: 1)).id
        let gone = try temporary.add(Picture.ppm(width: 64, height: 64, seed: 2)).id
        try temporary.store.catalog.write { _ = try $0.delete(gone, by: "test") }
        let report = try await temporary.store.collectGarbage()
        #expect(report["forgotten_blobs"] == 1)
        #expect(
            try await temporary.store.bytes(of: temporary.store.blob(kept, class: "Image"))
                == Picture.ppm(width: 64, height: 64, seed: 1))
        let error = await #expect(throws: EngineError.self) {
            try await temporary.store.blob(gone, class: "Image")
        }
        #expect(error?.code == .gone)
        for try await event in temporary.store.verify() {
            if case .finding(_, let message) = event { Issue.record("\(message)") }
        }
    }

    @Test func `a store is not made over something else`() async throws {
        let temporary = try await TemporaryStore()
        for folder in [temporary.folder, temporary.store.directory] {
            let error = #expect(throws: EngineError.self) { try Store.create(at: folder) }
            #expect(error?.code == .conflict)
        }
    }
}
