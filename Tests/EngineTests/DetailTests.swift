import Base
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// Questions about what is kept apart from properties: EXIF tags and the histogram.
@Suite struct DetailTests {
    /// Six pictures: three of Canon, two of Nikon, one without EXIF.
    private func cameras(
        options: StoreOptions = StoreOptions(computeThreads: 1, readThreads: 1)
    ) async throws -> TemporaryStore {
        let temporary = try await TemporaryStore(options: options)
        let tags: [Document] = [
            ["Make": "Nikon", "ISO": 800, "Flash": ["fired", "auto"]], ["Make": "Canon", "ISO": 100],
            ["Make": "Canon", "ISO": 200.0], ["Make": "Nikon", "ISO": 100], ["Make": "Canon", "ISO": 400],
        ]
        for index in 0..<6 {
            let image = try temporary.add(
                Picture.ppm(width: 4 + index, height: 4, seed: index), path: "\(index)")
            guard index < 5 else { continue }
            try temporary.store.catalog.write {
                try $0.setDetails(["exif": .object(tags[index]), "icc_profile_bytes": 500], of: image.id)
            }
        }
        return temporary
    }

    @Test func `filters on details find what they say`() async throws {
        let temporary = try await cameras()
        for (text, count) in [
            (#"{"exif.Make": "Canon"}"#, 3), (#"{"exif.Make": {"$ne": "Canon"}}"#, 3),
            (#"{"exif.Make": {"$exists": false}}"#, 1), (#"{"exif": {"$exists": true}}"#, 5),
            (#"{"exif.ISO": {"$gte": 200}}"#, 3), (#"{"exif.Flash": "auto"}"#, 1),
            (#"{"exif.Make": {"$regex": "^N"}, "width": {"$gt": 5}}"#, 1),
            (#"{"$or": [{"exif.ISO": 100}, {"width": 9}]}"#, 3),
            (#"{"exif.Make": {"$in": ["Canon", "Nikon"]}}"#, 5),
            (#"{"icc_profile_bytes": 500}"#, 5), (#"{"histogram": {"$size": 3}}"#, 1),
        ] {
            #expect(
                try await temporary.store.count(class: "Image", filter: Filter.parse(text)) == count,
                "\(text)")
        }
    }

    @Test func `the plan says that documents were looked at, after all that narrows them down`() async throws
    {
        let temporary = try await cameras()
        let answer = try await temporary.store.explain(
            class: "Image", filter: Filter.parse(#"{"exif.Make": "Canon", "width": {"$lt": 7}}"#))
        let steps = try #require(answer["plan"]?.objectValue?["steps"]?.arrayValue).compactMap(\.objectValue)
        #expect(steps.map { $0["by"] } == ["column", "documents"])
        #expect(steps.map { $0["ids"] } == [3, 2])
    }

    @Test func `sorting by a tag orders, those without it first`() async throws {
        let temporary = try await cameras()
        for (text, expected) in [
            ("exif.ISO:asc", ["5", "1", "3", "2", "4", "0"]),
            ("exif.ISO:desc", ["0", "4", "2", "1", "3", "5"]),
            ("exif.Make:asc,path:desc", ["5", "4", "2", "1", "3", "0"]),
        ] {
            let found = try await temporary.store.find(
                FindRequest(
                    entityClass: "Image", filter: .all, sort: SortOrder.parse(text),
                    projection: Projection.parse(["path": 1])))
            #expect(found.entities.compactMap { $0["path"]?.stringValue } == expected, "\(text)")
        }
    }

    @Test func `facets count tags, of a list each element once`() async throws {
        let temporary = try await cameras()
        let facets = try await temporary.store.facets(
            class: "Image", filter: .all, properties: ["exif.Make", "exif.Flash", "exif.None"], limit: 1
        ).facets
        #expect(facets[0].values.map(\.value) == ["Canon"] && facets[0].values.map(\.count) == [3])
        #expect(facets[0].distinct == 2 && facets[0].missing == 1)
        #expect(
            facets[1].values.map(\.value) == ["auto"] && facets[1].distinct == 2 && facets[1].missing == 5)
        #expect(facets[2].distinct == 0 && facets[2].missing == 6)
    }

    @Test func `a projection shows a tag`() async throws {
        let temporary = try await cameras()
        let found = try await temporary.store.find(
            FindRequest(
                entityClass: "Image", filter: Filter.parse(#"{"path": "1"}"#),
                projection: Projection.parse(["exif.Make": 1, "icc_profile_bytes": 1])))
        #expect(
            found.entities == [["_uniqueid": "1.0.1", "exif": ["Make": "Canon"], "icc_profile_bytes": 500]])
    }

    @Test func `more documents than the limit are refused with both numbers`() async throws {
        let temporary = try await cameras(
            options: StoreOptions(computeThreads: 1, readThreads: 1, maxVerifiedDocuments: 5))
        let store = temporary.store
        let filter = try Filter.parse(#"{"exif.Make": "Canon"}"#)
        var errors: [EngineError?] = []
        errors.append(
            await #expect(throws: EngineError.self) { try await store.count(class: "Image", filter: filter) })
        errors.append(
            await #expect(throws: EngineError.self) {
                try await store.find(
                    FindRequest(entityClass: "Image", filter: .all, sort: SortOrder.parse("exif.Make")))
            })
        errors.append(
            await #expect(throws: EngineError.self) {
                try await store.facets(class: "Image", filter: .all, properties: ["exif.Make"], limit: 0)
            })
        for error in errors {
            #expect(error?.code == .limitExceeded)
            #expect(
                error?.message.contains("6 documents") == true
                    && error?.message.contains("limit is 5") == true)
        }
        let narrowed = try Filter.parse(#"{"exif.Make": "Canon", "width": {"$lt": 7}}"#)
        #expect(try await store.count(class: "Image", filter: narrowed) == 2)
    }

    @Test func `a histogram of a part of a property is refused, not empty`() async throws {
        let temporary = try await cameras()
        for name in ["exif.ISO", "exif", "histogram", "meta.x"] {
            let error = await #expect(throws: EngineError.self) {
                try await temporary.store.histogram(
                    class: "Image", filter: .all, property: name, bins: .even(4))
            }
            #expect(error?.code == .invalidRequest && error?.message.contains(name) == true)
        }
    }

    @Test func `ids are ordered by their numbers, in sorts and in ranges`() async throws {
        let temporary = try await TemporaryStore()
        try temporary.insert("Thing", (0..<12).map { ["group": .integer($0 % 2)] })
        func ids(_ filter: String, _ sort: String) async throws -> [String] {
            try await temporary.store.find(
                FindRequest(entityClass: "Thing", filter: Filter.parse(filter), sort: SortOrder.parse(sort))
            ).entities.compactMap { $0["_uniqueid"]?.stringValue }
        }
        let all = (0..<12).map { "1.0.\($0)" }
        #expect(try await ids("{}", "_uniqueid:asc") == all)
        #expect(try await ids("{}", "_uniqueid:desc") == all.reversed())
        #expect(
            try await ids("{}", "group:desc,_uniqueid:desc")
                == [11, 9, 7, 5, 3, 1, 10, 8, 6, 4, 2, 0].map { "1.0.\($0)" })
        #expect(try await ids(#"{"_uniqueid": {"$gt": "1.0.9"}}"#, "") == ["1.0.10", "1.0.11"])
        #expect(
            try await ids(#"{"_uniqueid": {"$gte": "1.0.9", "$lt": "1.0.11"}}"#, "") == ["1.0.9", "1.0.10"])
        #expect(try await ids(#"{"_uniqueid": {"$lte": "1.0.1"}}"#, "") == ["1.0.0", "1.0.1"])
        #expect(try await ids(#"{"_uniqueid": {"$gt": "0.0.5"}}"#, "").count == 12)
        #expect(try await ids(#"{"_uniqueid": {"$not": {"$lt": "2.0.0"}}}"#, "").isEmpty)
    }
}
