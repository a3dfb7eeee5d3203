import Base
import Catalog
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// What callers may say of an image, and what becomes of the others when one may not.
@Suite struct GivenTests {
    @Test(
        "a property that no image can have is refused before anything is stored",
        arguments: [
            ("a.b", "1", "'.'"), ("$x", "1", "'$'"), ("", "1", "empty"), ("_x", "1", "'_'"),
            ("a\nb", "1", "control"), ("a\u{7F}", "1", "control"),
            (String(repeating: "n", count: 256), "1", "256"), ("error", "\"x\"", "file itself"),
            ("width", "3", "file itself"), ("sha256", "\"x\"", "file itself"),
            ("label", "\"x\"", "file itself"),
            ("exif", "{}", "file itself"), ("paths", "[]", "file itself"),
            ("deep", String(repeating: "[", count: 161) + String(repeating: "]", count: 161), "deeper"),
        ])
    func refusedProperty(name: String, json: String, reason: String) async throws {
        let temporary = try await TemporaryStore()
        let value = try JSON.parse(Array(json.utf8), limits: JSON.Limits(byteCount: 1_000, depth: 200))
        let error = #expect(throws: EngineError.self) {
            try temporary.add(Picture.ppm(width: 4, height: 4), properties: [name: value])
        }
        #expect(error?.isOfStore == false)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(try await temporary.store.count(class: "Image", filter: .all) == 0)
        #expect(try await temporary.store.statistics()["blobs"]?.objectValue?["count"] == 0)
    }

    @Test func `values that are no finite numbers, and too many of them, are refused`() async throws {
        let temporary = try await TemporaryStore()
        let many = Document((0..<1_001).map { ("p\($0)", .integer(1)) })
        for properties in [["x": .float(.nan)], ["x": [.float(.infinity)]], many] as [Document] {
            let error = #expect(throws: EngineError.self) {
                try temporary.add(Picture.ppm(width: 4, height: 4), properties: properties)
            }
            #expect(error?.isOfStore == false)
        }
        let long = String(repeating: "x", count: 1 << 20)
        let added = try temporary.add(Picture.ppm(width: 4, height: 4), properties: ["long": .string(long)])
        #expect(try await temporary.store.entity(added.id, class: "Image")["long"] == .string(long))
    }

    @Test(
        "a label is text of 1 to 255 bytes without control characters",
        arguments: [
            ("", false), (" \u{A0}", false), ("a\0b", false), (String(repeating: "l", count: 256), false),
            (String(repeating: "l", count: 255), true), ("a.b $c _d", true), ("猫", true),
        ])
    func labels(label: String, isTaken: Bool) async throws {
        let temporary = try await TemporaryStore()
        if isTaken {
            try temporary.add(Picture.ppm(width: 4, height: 4), labels: [label])
        } else {
            #expect(throws: EngineError.self) {
                try temporary.add(Picture.ppm(width: 4, height: 4), labels: [label])
            }
        }
        #expect(try await temporary.store.count(class: "Image", filter: .all) == (isTaken ? 1 : 0))
    }

    @Test(
        "an image that the catalog refuses fails alone, wherever it stands in its group",
        arguments: [[0], [6], [3, 4], [0, 2, 4, 6], []])
    func failsAlone(twins: [Int]) async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        try store.catalog.write { try $0.declareUnique("serial", of: "Image") }
        try temporary.add(Picture.ppm(width: 9, height: 9), properties: ["serial": 1_000])
        var run = ImportRun(parameters: [:])
        let images = try (0..<7).map { index in
            try store.prepare(
                Picture.ppm(width: 4, height: 4, seed: index), path: "\(index)",
                properties: ["serial": .integer(twins.contains(index) ? 1_000 : Int64(index))],
                labels: ["x"], reference: nil)
        }
        let outcomes = try store.commit(images, run: &run)
        for (index, outcome) in outcomes.enumerated() {
            switch outcome {
            case .success(let image): #expect(image.isNew && !twins.contains(index))
            case .failure(let error): #expect(error.message.contains("serial") && twins.contains(index))
            }
        }
        #expect(outcomes.count == 7)
        let labelled = try await store.find(
            FindRequest(entityClass: "Image", filter: Filter.parse(#"{"label": "x"}"#)))
        #expect(
            labelled.entities.map { $0["path"] }
                == (0..<7).filter { !twins.contains($0) }.map { .string("\($0)") })
        // All of one run, though the group was committed in parts.
        #expect(
            Set(labelled.entities.compactMap { $0["labels"]?.arrayValue?.first?.objectValue?["run"] }).count
                <= 1)
    }

    @Test func `an error of the request as a whole names no place in it`() {
        #expect(EngineError(.invalidFilter, "no object", path: "").description == "no object")
        #expect(EngineError(.invalidFilter, "wrong", path: "$and[0]").description == "wrong (at $and[0])")
    }

    @Test(
        "a store that cannot be looked at is not said to be missing",
        arguments: [("file/store", "Not a directory"), (String(repeating: "n", count: 300), "too long")])
    func unreachableStore(name: String, reason: String) async throws {
        let temporary = try await TemporaryStore()
        try temporary.writeFile("file")
        let error = #expect(throws: EngineError.self) {
            try Store.checkExists(at: temporary.folder.pushing(.init(name)))
        }
        #expect(error?.code == .failed)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }
}
